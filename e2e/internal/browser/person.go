package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Open goes to an address and returns when its page has loaded.
func (b *Browser) Open(ctx context.Context, url string) error {
	_, err := run(ctx, b, chromedp.Navigate(url))
	return err
}

// Address is what the address bar says.
func (b *Browser) Address(ctx context.Context) (string, error) {
	return run(ctx, b, chromedp.Location())
}

// Title is the window's.
func (b *Browser) Title(ctx context.Context) (string, error) { return run(ctx, b, chromedp.Title()) }

// Text is everything that the page shows.
func (b *Browser) Text(ctx context.Context) (string, error) {
	return Look[string](ctx, b, "document.body.innerText")
}

// Look evaluates a JavaScript expression on the page.
func Look[T any](ctx context.Context, b *Browser, expression string) (T, error) {
	return run(ctx, b, chromedp.Evaluate[T](expression))
}

// Until asks a JavaScript expression on the page four times a second until it is true. what says what is waited for.
func (b *Browser) Until(ctx context.Context, timeout time.Duration, what, expression string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, errors.New("not within "+timeout.String()))
	defer cancel()
	for {
		// A page that is being replaced has no answer for a moment.
		ok, err := Look[bool](ctx, b, "!!("+expression+")")
		if err == nil && ok {
			return nil
		}
		select {
		case <-ctx.Done():
			text, _ := b.Text(b.ctx)
			return fmt.Errorf("waiting for %s: %w; the page says:\n%s", what, context.Cause(ctx), text)
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// find is a JavaScript expression for the first visible element that matches the CSS selector and, unless text is empty,
// shows that text.
func find(selector, text string) string {
	return `[...document.querySelectorAll(` + strconv.Quote(selector) + `)].find(e => {
		const r = e.getBoundingClientRect()
		return r.width > 0 && r.height > 0 && [e.innerText, e.value, e.ariaLabel].join(" ").includes(` + strconv.Quote(text) + `)
	})`
}

// Sees waits for a visible element that matches the CSS selector and shows the text, which may be empty.
func (b *Browser) Sees(ctx context.Context, timeout time.Duration, selector, text string) error {
	return b.Until(ctx, timeout, fmt.Sprintf("%s %q", selector, text), find(selector, text))
}

// patience is how long a person waits for something to click on.
const patience = 2 * time.Minute

// Click waits for a visible element that matches the CSS selector and shows the text, and clicks on its middle.
func (b *Browser) Click(ctx context.Context, selector, text string) error {
	if err := b.Sees(ctx, patience, selector, text); err != nil {
		return err
	}
	middle, err := Look[[]float64](ctx, b, `(() => {
		const e = `+find(selector, text)+`
		e.scrollIntoView({block: "nearest"})
		const r = e.getBoundingClientRect()
		return [r.x + r.width / 2, r.y + r.height / 2]
	})()`)
	if err != nil {
		return err
	}
	_, err = run(ctx, b, chromedp.MouseClickXY(middle[0], middle[1]))
	return err
}

// Type clicks on a field and types.
func (b *Browser) Type(ctx context.Context, selector, text string) error {
	if err := b.Click(ctx, selector, ""); err != nil {
		return err
	}
	_, err := run(ctx, b, func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
	})
	return err
}

// Choose gives a file to a file input, which need not be visible.
func (b *Browser) Choose(ctx context.Context, selector, file string) error {
	_, err := run(ctx, b, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
	return err
}

// Screenshot writes what the window shows to a PNG file.
func (b *Browser) Screenshot(ctx context.Context, file string) error {
	image, err := run(ctx, b, chromedp.CaptureScreenshot())
	if err != nil {
		return fmt.Errorf("screenshot %s: %w", filepath.Base(file), err)
	}
	return os.WriteFile(file, image, 0o644)
}
