package verify

import (
	"context"
	"net/http"
)

// health asks the chat itself, past any route, and reads its page's title where
// there is no route to read it by.
func (v *verifier) health(w *workload) check {
	return check{id: "health", subject: w.subject(), title: "Open WebUI is healthy and serves its page", needs: []string{w.key()}, hint: v.podLogs(w), look: func(ctx context.Context) (result, error) {
		pod, err := v.readyPod(ctx, w)
		if err != nil {
			return result{}, err
		}
		client := v.forward(w.namespace, pod, openWebUIPort)
		defer client.CloseIdleConnections()
		health, err := fetch(ctx, client, "http://open-webui/health")
		if err != nil {
			return result{}, err
		}
		if health.status != http.StatusOK {
			return failed(v.podLogs(w), "/health answers %s", health.state()), nil
		}
		page, err := fetch(ctx, client, "http://open-webui/")
		if err != nil {
			return result{}, err
		}
		if found := judgeTitle(page, v.podLogs(w)); found.status != Passed {
			return found, nil
		}
		return passed("/health 200, title %q", page.title()), nil
	}}
}
