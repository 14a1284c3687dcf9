package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/e2e/internal/browser"
	"github.com/hearth-dev/hearth/internal/verify"
)

// isTrusted shows that the browser checks the certificate, and follows http:// to https://.
func (c *chat) isTrusted(t *testing.T) {
	// Until the controller has read the Secret it shows a certificate of its own.
	c.eventually(t, 3*time.Minute, c.through.name+" serves the certificate", func() (string, error) {
		row, _ := c.verify(t).Row("tls", "")
		if row.Status != verify.Passed {
			return string(row.Status) + ": " + row.Detail, nil
		}
		return "", nil
	})
	stranger := c.browse(t, nil)
	defer stranger.Close()
	if err := stranger.Open(c.ctx, c.page.URL); err == nil || !strings.Contains(err.Error(), "ERR_CERT_AUTHORITY_INVALID") {
		t.Fatalf("a browser that does not know the authority: got %v, want ERR_CERT_AUTHORITY_INVALID", err)
	}
	c.see(t, c.page, "the page behind a redirect", func(ctx context.Context) error {
		if err := c.page.Open(ctx, "http://"+chatHost+"/"); err != nil {
			return err
		}
		if err := c.page.Sees(ctx, c.page.Patience, "button", "Get started"); err != nil {
			return err
		}
		address, err := c.page.Address(ctx)
		if err == nil && !strings.HasPrefix(address, c.page.URL+"/") {
			err = fmt.Errorf("http:// led to %s, want it below %s", address, c.page.URL)
		}
		return err
	})
	title, err := c.page.Title(c.ctx)
	must(t, err)
	if want := "hearth chat"; !strings.Contains(title, want) {
		t.Errorf("the window's title is %q, want the stack's name %q in it", title, want)
	}
	c.note("window title %q", title)
}

func (c *chat) signsUp(t *testing.T) {
	c.see(t, c.page, "signed up", func(ctx context.Context) error { return c.page.SignUp(ctx, c.admin) })
	c.see(t, c.page, "the administrator's own pages", func(ctx context.Context) error {
		if err := c.page.Open(ctx, c.page.URL+"/admin/users"); err != nil {
			return err
		}
		return c.page.Sees(ctx, c.page.Patience, "body", c.admin.Email)
	})
}

func (c *chat) listsModels(t *testing.T) {
	c.see(t, c.page, "the list of models", func(ctx context.Context) error {
		if err := c.page.NewChat(ctx); err != nil {
			return err
		}
		chosen, all, err := c.page.Models(ctx)
		if err != nil {
			return err
		}
		c.note("listed: %s; chosen: %s", strings.Join(all, ", "), chosen)
		if chosen != chatModel || !slices.Contains(all, chatModel) {
			return fmt.Errorf("the list has %q and %q is chosen, want %s", all, chosen, chatModel)
		}
		return c.page.ChooseModel(ctx, chatModel)
	})
}

// ask sends a message and expects a whole answer to it.
func (c *chat) ask(t *testing.T, page *browser.Chat, caption, message string) browser.Reply {
	t.Helper()
	var reply browser.Reply
	c.see(t, page, caption, func(ctx context.Context) (err error) {
		reply, err = page.Ask(ctx, message, 5*time.Minute)
		if err == nil && (!reply.Ended || reply.Text == "") {
			err = fmt.Errorf("no whole answer: %+v", reply)
		}
		return err
	})
	c.asked++
	t.Logf("%s: %d changes, first after %s, last after %s: %q", message, reply.Changes, reply.First, reply.Last, reply.Text)
	return reply
}

// longQuestion has an answer of hundreds of tokens: a short one may come in fewer pieces than there are to count.
const longQuestion = "Explain in detail how bread is made."

func (c *chat) streamsAnswer(t *testing.T) {
	c.page.Frames.Take()
	reply := c.ask(t, c.page, "an answer", longQuestion)
	if reply.Changes < 5 {
		t.Errorf("the answer changed on the page %d times, want 5 or more", reply.Changes)
	}
	frames := c.page.Frames.Take()
	if frames.Received < 5 || len(frames.Failed) > 0 {
		t.Errorf("got %+v, want the answer over a WebSocket and nothing failed", frames)
	}
	c.report.Figure("time to the first visible letter", reply.First.Seconds(), "s")
	c.report.Figure("time to the end", reply.Last.Seconds(), "s")
	c.report.Figure("changes on the page", float64(reply.Changes), "")
	c.report.Figure("WebSocket frames", float64(frames.Received), "")
	again := c.ask(t, c.page, "a second message", "What is the chemical formula of water?")
	c.report.Figure("second message: time to the first visible letter", again.First.Seconds(), "s")
	c.report.Figure("second message: time to the end", again.Last.Seconds(), "s")
}

const (
	document = "The lighthouse on Vessel Island.\n\nThe keeper of the lighthouse on Vessel Island is called Ingrid Solberg.\n" +
		"She has kept the light since 1987.\nThe lamp is lit at four in the afternoon. The ferry comes on Tuesdays.\n"
	documentQuestion, documentWord = "Who is the keeper of the lighthouse on Vessel Island?", "Solberg"
)

// file writes one for a person to upload.
func (c *chat) file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, []byte(content), 0o644))
	return path
}

func (c *chat) answersFromDocument(t *testing.T) {
	path := c.file(t, "lighthouse.txt", document)
	c.see(t, c.page, "a document is attached", func(ctx context.Context) error {
		if err := c.page.NewChat(ctx); err != nil {
			return err
		}
		return c.page.Attach(ctx, path, "lighthouse.txt")
	})
	reply := c.ask(t, c.page, "an answer from a document", documentQuestion)
	text, err := c.page.Text(c.ctx)
	must(t, err)
	if !strings.Contains(text, "1 Source") {
		t.Errorf("the page shows no source of the answer:\n%s", text)
	}
	if !strings.Contains(reply.Text, documentWord) {
		t.Errorf("the answer is %q, want %q in it", reply.Text, documentWord)
	}
	c.note("asked %q, answered %q, with its source shown", documentQuestion, reply.Text)
}

func (c *chat) refusesUpload(t *testing.T) {
	path := c.file(t, "large.txt", strings.Repeat("a long line of text\n", 100_000))
	const refusal = "File size should not exceed 1 MB."
	c.see(t, c.page, "a document over the limit", func(ctx context.Context) error {
		if err := c.page.NewChat(ctx); err != nil {
			return err
		}
		return c.page.Attach(ctx, path, refusal)
	})
	c.note("2 MB with a limit of 1 MB: the page says %q", refusal)
}

// staysSignedIn looks at the last conversation again after the pod has changed, and adds to it.
func (c *chat) staysSignedIn(t *testing.T, change func()) {
	t.Helper()
	c.see(t, c.page, "a conversation before", func(ctx context.Context) error { return c.page.NewChat(ctx) })
	c.ask(t, c.page, "a question before", "What is the opposite of black?")
	address, err := c.page.Address(c.ctx)
	must(t, err)
	old, err := c.pod(chatNamespace, "open-webui")
	must(t, err)
	started := time.Now()
	change()
	c.waitReady(t, chatNamespace, "open-webui", old, 10*time.Minute)
	c.report.Figure("until the chat is ready again", time.Since(started).Seconds(), "s")
	c.see(t, c.page, "the conversation afterwards", func(ctx context.Context) error {
		if err := c.reopens(ctx, address); err != nil {
			return fmt.Errorf("signed out? %w", err)
		}
		return c.page.Sees(ctx, c.page.Patience, "#messages-container", "What is the opposite of black?")
	})
	c.ask(t, c.page, "a question afterwards", "And of white?")
}

// reopens opens a page of the chat after a change of its pod, again and again: the controller of the route hears a moment later
// than this test that the new pod is ready.
func (c *chat) reopens(ctx context.Context, address string) error {
	for until := time.Now().Add(c.page.Patience); ; {
		err := c.page.Open(ctx, address)
		if err == nil {
			err = c.page.Sees(ctx, 20*time.Second, "#chat-input", "")
		}
		if err == nil || ctx.Err() != nil || time.Now().After(until) {
			return err
		}
	}
}

func (c *chat) survivesDeletion(t *testing.T) {
	c.staysSignedIn(t, func() {
		p, err := c.pod(chatNamespace, "open-webui")
		must(t, err)
		must(t, c.Client.CoreV1().Pods(chatNamespace).Delete(c.ctx, p.Name, metav1.DeleteOptions{}))
	})
}

// survivesRollout changes the pod's template, to one whose root file system is read-only.
func (c *chat) survivesRollout(t *testing.T) {
	c.staysSignedIn(t, func() { c.applyOverlay(t, "read-only") })
	p, err := c.pod(chatNamespace, "open-webui")
	must(t, err)
	if own := p.Spec.Containers[0].SecurityContext; !*own.ReadOnlyRootFilesystem {
		t.Errorf("the root file system is writable: %+v", own)
	}
	c.note("from here to the full queue with openWebUI.readOnlyRootFilesystem")
}

// polls applies the overlay for networks that let no WebSocket through.
func (c *chat) polls(t *testing.T) {
	old, err := c.pod(chatNamespace, "open-webui")
	must(t, err)
	c.applyOverlay(t, "polling")
	c.waitReady(t, chatNamespace, "open-webui", old, 10*time.Minute)
	c.page.Frames.Take()
	c.see(t, c.page, "a page that polls", func(ctx context.Context) error { return c.reopens(ctx, c.page.URL+"/") })
	reply := c.ask(t, c.page, "an answer by polling", longQuestion)
	frames := c.page.Frames.Take()
	if frames.WebSocketsOpened != 0 || frames.Polls < 2 {
		t.Errorf("got %+v, want polls and no WebSocket", frames)
	}
	if reply.Changes < 5 {
		t.Errorf("the answer changed on the page %d times, want 5 or more", reply.Changes)
	}
	c.report.Figure("polls", float64(frames.Polls), "")
	c.report.Figure("changes on the page", float64(reply.Changes), "")
	c.report.Figure("time to the first visible letter", reply.First.Seconds(), "s")
}

// isClosed starts anew, with an empty volume, where nobody can sign up.
func (c *chat) isClosed(t *testing.T) {
	c.kubectl(t, "-n", chatNamespace, "delete", "statefulset/open-webui", "pvc/open-webui", "secret/open-webui", "--wait=true")
	c.secrets(t, "closed")
	c.applyOverlay(t, "closed")
	c.waitReady(t, chatNamespace, "open-webui", nil, 10*time.Minute)
	page := c.browse(t, c.authority.Certificate)
	defer page.Close()
	c.see(t, page, "a page without sign-up", func(ctx context.Context) error {
		if err := page.Open(ctx, page.URL); err != nil {
			return err
		}
		if err := page.Sees(ctx, page.Patience, "button[type=submit]", "Sign in"); err != nil {
			return err
		}
		text, err := page.Text(ctx)
		if err == nil && strings.Contains(text, "Sign up") {
			err = fmt.Errorf("the page offers to sign up:\n%s", text)
		}
		return err
	})
	c.see(t, page, "the administrator from the Secret", func(ctx context.Context) error {
		return page.SignIn(ctx, browser.Person{Email: c.admin.Email, Password: c.credential.Password})
	})
	c.ask(t, page, "an answer to the administrator", "In which city is the Eiffel Tower?")
}
