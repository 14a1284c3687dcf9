package cluster

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// startCapture prints the id of its process before it becomes tcpdump, because ending docker exec does not end what it
// started. -l writes each line at once, -n asks no DNS, which would be a packet of its own.
const startCapture = `echo "pid $$" >&2; exec tcpdump -l -n -Z root -i any "$@"`

// Capture watches the packets on the node that filter lets through (the syntax is tcpdump's, such as "src host
// 10.244.0.7 and not dst net 10.0.0.0/8"), on every interface of the node. When it returns, the watch has begun. stop ends
// it and returns one line per packet; a packet that crosses two interfaces gives two lines. stop fails when packets were
// missed, because then that none was seen proves nothing.
func (c *Cluster) Capture(ctx context.Context, filter string) (stop func() ([]string, error), err error) {
	if err := c.ensureTcpdump(ctx); err != nil {
		return nil, err
	}
	var packets bytes.Buffer
	cmd := exec.CommandContext(ctx, "docker", "exec", c.Node(), "sh", "-c", startCapture, "sh", filter)
	cmd.Stdout = &packets
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var said strings.Builder
	var pid string
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		fmt.Fprintln(&said, lines.Text())
		if id, ok := strings.CutPrefix(lines.Text(), "pid "); ok {
			pid = id
		}
		if strings.HasPrefix(lines.Text(), "listening on") {
			break
		}
	}
	if !strings.Contains(said.String(), "listening on") {
		// A filter with a mistake ends it at once; what it said is more than how it ended.
		_ = cmd.Wait()
		return nil, fmt.Errorf("capturing %q on the node: %s", filter, said.String())
	}
	var drained sync.WaitGroup
	drained.Go(func() {
		for lines.Scan() { // the counts that tcpdump ends with
			fmt.Fprintln(&said, lines.Text())
		}
	})
	return func() ([]string, error) {
		// What has just crossed the interface may still be on its way to tcpdump.
		time.Sleep(200 * time.Millisecond)
		if err := c.node.Command("kill", "-INT", pid).Run(); err != nil {
			return nil, fmt.Errorf("ending the capture: %w", err)
		}
		drained.Wait()
		if err := cmd.Wait(); err != nil {
			return nil, fmt.Errorf("capturing %q on the node: %w: %s", filter, err, said.String())
		}
		return strings.FieldsFunc(packets.String(), func(r rune) bool { return r == '\n' }), missed(said.String())
	}, nil
}

var dropped = regexp.MustCompile(`(?m)^(\d+) packets? dropped by kernel$`)

// missed reads from tcpdump's last words whether it saw everything.
func missed(said string) error {
	match := dropped.FindStringSubmatch(said)
	if match == nil {
		return fmt.Errorf("tcpdump did not say how many packets it missed: %s", said)
	}
	if count, err := strconv.Atoi(match[1]); err != nil || count > 0 {
		return fmt.Errorf("tcpdump missed %s packets", match[1])
	}
	return nil
}

// ensureTcpdump installs tcpdump on kind's own node, which is Debian without it. A node built from source has it.
func (c *Cluster) ensureTcpdump(ctx context.Context) error {
	if c.node.CommandContext(ctx, "which", "tcpdump").Run() == nil {
		return nil
	}
	if err := c.node.CommandContext(ctx, "sh", "-c", "apt-get -qq update && apt-get -qq install --no-install-recommends tcpdump").Run(); err != nil {
		return fmt.Errorf("installing tcpdump on node %s: %w", c.Node(), err)
	}
	return nil
}
