package browser

import (
	"context"
	"strings"
	"time"
)

// Chat is Open WebUI's page in the window. Its selectors are those of versions 0.9 and 0.12.
type Chat struct {
	*Browser
	// URL of the chat, without a slash at the end.
	URL string
	// Patience is how long a page may take to show what it should. A busy machine is slow.
	Patience time.Duration
}

// Person is who signs up and in.
type Person struct{ Name, Email, Password string }

const (
	prompt = "#chat-input"
	send   = "#send-message-button"
	// selector opens the list of models: of 0.9, and of 0.12.
	selector = "#model-selector-0-button, #model-selector-model-button"
	answer   = ".chat-assistant"
	// complete stands below an answer that is complete.
	complete = ".copy-response-button"
)

// SignUp makes the first account, which is the administrator's.
func (c *Chat) SignUp(ctx context.Context, p Person) error {
	if err := c.Open(ctx, c.URL); err != nil {
		return err
	}
	if err := c.Click(ctx, "button", "Get started"); err != nil {
		return err
	}
	if err := c.Type(ctx, "#name", p.Name); err != nil {
		return err
	}
	if err := c.fill(ctx, p); err != nil {
		return err
	}
	if err := c.Click(ctx, "button[type=submit]", "Create"); err != nil {
		return err
	}
	return c.welcome(ctx)
}

// SignIn opens the page and signs in.
func (c *Chat) SignIn(ctx context.Context, p Person) error {
	if err := c.Open(ctx, c.URL); err != nil {
		return err
	}
	if err := c.fill(ctx, p); err != nil {
		return err
	}
	if err := c.Click(ctx, "button[type=submit]", "Sign in"); err != nil {
		return err
	}
	return c.welcome(ctx)
}

func (c *Chat) fill(ctx context.Context, p Person) error {
	if err := c.Type(ctx, "#email", p.Email); err != nil {
		return err
	}
	return c.Type(ctx, "#password", p.Password)
}

// welcome waits for the prompt and closes the window with what is new.
func (c *Chat) welcome(ctx context.Context) error {
	if err := c.Sees(ctx, c.Patience, prompt, ""); err != nil {
		return err
	}
	const news = "Okay, Let's Go!"
	if err := c.Sees(ctx, c.Patience, "button", news); err != nil {
		return err
	}
	// Again, as people do when nothing happens: the button is there before it works.
	return c.Until(ctx, c.Patience, "the news to close", "(() => { const button = "+find("button", news)+"; button?.click(); return !button })()")
}

// Models opens the list of models and returns their names, the chosen one first.
func (c *Chat) Models(ctx context.Context) (chosen string, all []string, err error) {
	if err := c.Click(ctx, selector, ""); err != nil {
		return "", nil, err
	}
	if err := c.Sees(ctx, c.Patience, "[role=option]", ""); err != nil {
		return "", nil, err
	}
	all, err = Look[[]string](ctx, c.Browser, "[...document.querySelectorAll('[role=option]')].map(e => e.dataset.value)")
	if err != nil {
		return "", nil, err
	}
	chosen, err = Look[string](ctx, c.Browser, "document.querySelector('"+selector+"').innerText.trim()")
	return chosen, all, err
}

// ChooseModel picks a model of the open list, by the name of it.
func (c *Chat) ChooseModel(ctx context.Context, name string) error {
	return c.Click(ctx, "[role=option]", name)
}

// NewChat starts an empty conversation.
func (c *Chat) NewChat(ctx context.Context) error {
	if err := c.Open(ctx, c.URL+"/"); err != nil {
		return err
	}
	return c.Sees(ctx, c.Patience, prompt, "")
}

// Attach adds a file to the next message and waits until the page shows the sign, which may be the file's name or a refusal,
// and nothing is on its way any more.
func (c *Chat) Attach(ctx context.Context, file, sign string) error {
	if err := c.Choose(ctx, "input[type=file]", file); err != nil {
		return err
	}
	if err := c.Sees(ctx, c.Patience, "body", sign); err != nil {
		return err
	}
	return c.Until(ctx, c.Patience, "the upload to end", "!document.querySelector('#message-input-container [class*=spinner]')")
}

// Reply is what a person saw of an answer.
type Reply struct {
	// Text of the answer as the page shows it.
	Text string
	// First and Last are the times from sending to the first visible letter and to the last change.
	First, Last time.Duration
	// Changes counts how often the text grew, Gap is the longest time between two of them.
	Changes int
	Gap     time.Duration
	// Ended is false when the watch was over before the answer.
	Ended bool
}

// watch notes each time the newest answer's text grows, in milliseconds since the page was asked to. An answer is new if it was
// not on the page before; their number says nothing, as 0.12 takes the oldest off the page.
const watch = `(() => {
	const old = new Set(document.querySelectorAll("` + answer + `"))
	const start = performance.now()
	const seen = window.__seen = {at: [], length: 0, answers: () => [...document.querySelectorAll("` + answer + `")].filter(e => !old.has(e))}
	window.__watcher?.disconnect()
	window.__watcher = new MutationObserver(() => {
		const length = seen.answers().at(-1)?.querySelector("#response-content-container")?.innerText.trim().length ?? 0
		if (length > seen.length) { seen.length = length; seen.at.push(performance.now() - start) }
	})
	window.__watcher.observe(document.body, {childList: true, subtree: true, characterData: true})
	return true
})()`

// Ask types a message, sends it, and watches the answer grow for at most so long.
func (c *Chat) Ask(ctx context.Context, message string, most time.Duration) (Reply, error) {
	if err := c.Type(ctx, prompt, message); err != nil {
		return Reply{}, err
	}
	if _, err := Look[bool](ctx, c.Browser, watch); err != nil {
		return Reply{}, err
	}
	if err := c.Click(ctx, send, ""); err != nil {
		return Reply{}, err
	}
	ended := "window.__seen.answers().length > 0 && document.querySelectorAll('" + complete +
		"').length >= document.querySelectorAll('" + answer + "').length"
	err := c.Until(ctx, most, "the end of the answer", ended)
	if err != nil && ctx.Err() != nil {
		return Reply{}, err
	}
	reply := Reply{Ended: err == nil}
	at, err := Look[[]float64](ctx, c.Browser, "window.__seen.at")
	if err != nil {
		return reply, err
	}
	reply.Changes = len(at)
	for i, ms := range at {
		when := time.Duration(ms * float64(time.Millisecond))
		if i == 0 {
			reply.First = when
		} else {
			reply.Gap = max(reply.Gap, when-reply.Last)
		}
		reply.Last = when
	}
	reply.Text, err = Look[string](ctx, c.Browser, "window.__seen.answers().map(e => e.innerText).join('\\n')")
	reply.Text = strings.TrimSpace(reply.Text)
	return reply, err
}
