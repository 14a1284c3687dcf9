package browser

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	version "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// The size of the window in pixels, unless the options say another: a laptop's.
const (
	width  = 1280
	height = 800
)

// Options say what a browser trusts and where it finds hosts.
type Options struct {
	// Dir is an empty folder for its home: profile and certificates. Required.
	Dir string
	// Authority is a certificate in PEM whose signature it trusts. Empty trusts nobody besides the world's authorities.
	Authority []byte
	// Resolve maps HOST:PORT to the address and port that are asked for it. It asks no DNS about them.
	Resolve map[string]string
	// Width and Height of the window in pixels. Default 1280 and 800.
	Width, Height int
}

// Browser is a running Chromium with one window. It keeps cookies until it is closed.
type Browser struct {
	ctx   context.Context
	close context.CancelFunc
	// Version as it names itself.
	Version string
	// Frames counts what crosses the network for the page's updates.
	Frames *Frames
}

// Programs are those that Start runs.
func Programs() []string { return []string{"chromium", "certutil"} }

// Start opens an empty window.
func Start(ctx context.Context, o Options) (*Browser, error) {
	if err := trust(ctx, o); err != nil {
		return nil, err
	}
	rules := make([]string, 0, len(o.Resolve))
	for _, from := range slices.Sorted(maps.Keys(o.Resolve)) {
		rules = append(rules, "MAP "+from+" "+o.Resolve[from])
	}
	flags := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath("chromium"),
		// Without XDG_DATA_HOME: where it is set, Chromium looks for certificates in it.
		chromedp.Env("HOME="+o.Dir, "XDG_CONFIG_HOME="+o.Dir, "XDG_CACHE_HOME="+o.Dir, "XDG_DATA_HOME="),
		chromedp.UserDataDir(filepath.Join(o.Dir, "profile")),
		chromedp.Flag("host-resolver-rules", strings.Join(rules, ", ")),
		// Its own sandbox needs a user other than root, or user namespaces; it sees no page but the test's.
		chromedp.Flag("no-sandbox", true),
		chromedp.WindowSize(cmp.Or(o.Width, width), cmp.Or(o.Height, height)),
	)
	allocated, stop := chromedp.NewExecAllocator(ctx, flags...)
	tab, closeTab := chromedp.NewContext(allocated)
	b := &Browser{ctx: tab, close: func() { closeTab(); stop() }, Frames: &Frames{}}
	var err error
	if b.Version, err = chromedp.Run(tab, func(ctx context.Context, t *chromedp.Target) (string, error) {
		if _, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
			return "", err
		}
		v, err := cdp.Call(ctx, t, version.GetVersion, cdp.Empty{})
		return v.Product, err
	}); err == nil {
		err = chromedp.Listen(tab, b.Frames.note)
	}
	if err != nil {
		b.close()
		return nil, fmt.Errorf("starting chromium: %w", err)
	}
	return b, nil
}

// Close ends the browser. What it knew, cookies included, is gone.
func (b *Browser) Close() { b.close() }

// run does one thing in the window, until ctx ends.
func run[T any](ctx context.Context, b *Browser, action chromedp.Action[T]) (T, error) {
	bounded, cancel := context.WithCancel(b.ctx)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	result, err := chromedp.Run(bounded, action)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return result, err
}

// trust fills the database of certificates that Chromium reads in its home.
func trust(ctx context.Context, o Options) error {
	if len(o.Authority) == 0 {
		return nil
	}
	database := filepath.Join(o.Dir, ".pki", "nssdb")
	if err := os.MkdirAll(database, 0o700); err != nil {
		return err
	}
	file := filepath.Join(o.Dir, "ca.crt")
	if err := os.WriteFile(file, o.Authority, 0o644); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"-N", "--empty-password"},
		{"-A", "-n", "hearth e2e", "-t", "C,,", "-i", file}, // C: signs servers' certificates
	} {
		out, err := exec.CommandContext(ctx, "certutil", append([]string{"-d", "sql:" + database}, args...)...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("certutil %s: %w: %s", args[0], err, out)
		}
	}
	return nil
}
