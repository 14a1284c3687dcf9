package verify

import (
	"context"
	"encoding/json"
	"net/http"
	"path"

	"github.com/hearth-dev/hearth/internal/versions"
)

// Version is what a program says of itself, and what its image is tagged as.
type Version struct {
	Running string `json:"running"`
	Tag     string `json:"tag"`
}

// unstamped is what a program says that was built without its version.
const unstamped = "0.0.0"

// version asks a workload's program which one it is: limits, threads and variables
// are derived for the version of the image's tag, and behind a tag may be another
// program, be it by a digest, a mirror or a copy that the node has kept.
func (v *verifier) version(w *workload, p *versions.Program, tag string, port int) check {
	return check{id: "version", subject: w.subject(), title: p.Name + " is the version of its image's tag", needs: []string{w.key()}, hint: v.podLogs(w), look: func(ctx context.Context) (result, error) {
		pod, err := v.readyPod(ctx, w)
		if err != nil {
			return result{}, err
		}
		client := v.forward(w.namespace, pod, port)
		defer client.CloseIdleConnections()
		answer, err := fetch(ctx, client, "http://"+path.Base(p.Image)+"/api/version")
		if err != nil {
			return result{}, err
		}
		var said struct {
			Version string `json:"version"`
		}
		if answer.status != http.StatusOK || json.Unmarshal([]byte(answer.body), &said) != nil {
			return notChecked("this %s does not say: /api/version answers %s", p.Name, answer.state()), nil
		}
		seen := Version{Running: said.Version, Tag: tag}
		return seen.judge(p, w.field("image.tag")).with(seen), nil
	}}
}

// judge holds what a program says against its tag, and against what is known.
func (seen Version) judge(p *versions.Program, tagField string) result {
	unknown, _ := p.Unknown(seen.Running)
	hint := tagField + ": write " + seen.Running + ", or the image that it names is another one where the pod runs"
	switch {
	case seen.Running == unstamped || !versions.IsVersion(seen.Running):
		return notChecked("it says %q: it was built without its version", seen.Running)
	case versions.IsVersion(seen.Tag) && !versions.Same(seen.Running, seen.Tag):
		return failed(hint, "%s, and the tag is %s", seen.Running, seen.Tag)
	case p.Engine(seen.Running) != p.Engine(seen.Tag):
		return failed(hint, "%s, and the tag %s counts as %s or newer: memory and threads are derived for another engine",
			seen.Running, seen.Tag, p.Newest)
	case unknown != "":
		return passed("%s", unknown)
	}
	return passed("%s", seen.Running)
}
