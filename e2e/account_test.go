package e2e

import (
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// account uses the chat of a namespace by its API, as its pages do.
type account struct {
	at        *suite
	namespace string
	session   string // of the person who is signed in
	only      string // the pod that is asked; "" for whichever the Service leads to
}

// token signs a person up or in.
func (a *account) token(t *testing.T, how string, person map[string]string) string {
	t.Helper()
	var session struct{ Token string }
	a.post(t, "/api/v1/auths/"+how, person, &session)
	if session.Token == "" {
		t.Fatalf("%s gave no session", how)
	}
	return session.Token
}

func (a *account) newChat(t *testing.T, text string) string {
	t.Helper()
	var made struct{ ID string }
	a.post(t, "/api/v1/chats/new", map[string]any{"chat": map[string]any{
		"title": text, "models": []string{chatModel}, "messages": []any{},
		"history": map[string]any{"currentId": "1", "messages": map[string]any{
			"1": map[string]any{"id": "1", "parentId": nil, "childrenIds": []string{}, "role": "user", "content": text, "timestamp": 1},
		}},
	}}, &made)
	return made.ID
}

// isKnown wants the session, the person and her chat as they were before.
func (a *account) isKnown(t *testing.T, chat string) {
	t.Helper()
	if status, body := a.ask(t, http.MethodGet, "/api/v1/auths/", "", nil); status != http.StatusOK || !strings.Contains(string(body), restoredEmail) {
		t.Errorf("the session from before is worth %d %s", status, body)
	}
	if status, body := a.ask(t, http.MethodGet, "/api/v1/chats/"+chat, "", nil); status != http.StatusOK || !strings.Contains(string(body), restoredText) {
		t.Errorf("the chat from before: %d %s", status, body)
	}
	a.token(t, "signin", map[string]string{"email": restoredEmail, "password": restoredPassword})
}

// isAnswered asks the model through the chat, as the person who is signed in.
func (a *account) isAnswered(t *testing.T) {
	t.Helper()
	if status, body := a.ask(t, http.MethodGet, "/api/models", "", nil); status != http.StatusOK { // as its page does: it asks for no model that it has not listed
		t.Fatalf("/api/models: %d %s", status, body)
	}
	var answer struct{ Message struct{ Content string } }
	a.post(t, "/ollama/api/chat", map[string]any{
		"model": chatModel, "stream": false, "options": map[string]any{"num_predict": short},
		"messages": []map[string]string{{"role": "user", "content": "What is the capital of France?"}},
	}, &answer)
	if strings.TrimSpace(answer.Message.Content) == "" { // what it says is another matter: from 0.33 on nothing keeps so small a model from repeating itself
		t.Error("the model answers nothing")
	}
	t.Logf("the model answers %q", answer.Message.Content)
}

func (a *account) post(t *testing.T, path string, body, out any) {
	t.Helper()
	data, err := json.Marshal(body)
	must(t, err)
	status, answer := a.ask(t, http.MethodPost, path, "application/json", strings.NewReader(string(data)))
	if err := json.Unmarshal(answer, out); err != nil || status != http.StatusOK {
		t.Fatalf("%s: %d %s", path, status, answer)
	}
}

// ask calls the chat through the API server, which keeps an Authorization header for itself: the session is in the cookie.
func (a *account) ask(t *testing.T, method, path, contentType string, body io.Reader) (int, []byte) {
	t.Helper()
	status, answer, err := a.try(method, path, contentType, body)
	must(t, err)
	return status, answer
}

// try is ask, for those who ask at the same time.
func (a *account) try(method, path, contentType string, body io.Reader) (int, []byte, error) {
	response, err := a.open(method, path, contentType, body)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

// open is ask, for those who read the answer as it comes.
func (a *account) open(method, path, contentType string, body io.Reader) (*http.Response, error) {
	request, err := http.NewRequestWithContext(a.at.ctx, method, a.url(path), body)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	if a.session != "" {
		request.AddCookie(&http.Cookie{Name: "token", Value: a.session})
	}
	return a.at.http.Do(request)
}

// upload gives the chat a text as a document; the query says what is done with it.
func (a *account) upload(t *testing.T, text, query string) (id string) {
	t.Helper()
	var form strings.Builder
	parts := multipart.NewWriter(&form)
	file, err := parts.CreateFormFile("file", "ferry.txt")
	must(t, err)
	_, err = io.WriteString(file, text)
	must(t, err)
	must(t, parts.Close())
	status, answer := a.ask(t, http.MethodPost, "/api/v1/files/"+query, parts.FormDataContentType(), strings.NewReader(form.String()))
	var made struct{ ID string }
	if err := json.Unmarshal(answer, &made); err != nil || made.ID == "" {
		t.Fatalf("uploading: %d %s", status, answer)
	}
	return made.ID
}

// url is where the chat is, or the one pod of it, through the API server.
func (a *account) url(path string) string {
	at := "services/open-webui:http"
	if a.only != "" {
		at = "pods/" + a.only + ":8080"
	}
	return a.at.Config.Host + "/api/v1/namespaces/" + a.namespace + "/" + at + "/proxy" + path
}
