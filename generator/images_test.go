package generator_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/generator"
	objectset "github.com/hearth-dev/hearth/internal/objects"
)

// TestImagesOfContainers: the images of what a person adds to a pod come through
// the mirror, are locked, and keep a digest of their own.
func TestImagesOfContainers(t *testing.T) {
	const pinned = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
	stack, problems := generator.Load("hearth.yaml", []byte(`apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: home}
spec:
  bases:
    - name: ai
      namespace: ai
      images: {mirrors: {docker.io: harbor.lan/hub}}
      ollama:
        models: ["llama3.2:3b"]
        initContainers: {first: {image: {repository: a/first, tag: "1", digest: "`+pinned+`"}, resources: {limits: {memory: 64Mi}}}}
        sidecars: {beside: {image: {repository: a/beside, tag: "1"}, resources: {limits: {memory: 64Mi}}}}
      openWebUI:
        sidecars: {beside: {image: {registry: ghcr.io, repository: a/beside, tag: "2"}, resources: {limits: {memory: 64Mi}}}}
  overlays:
    - name: home
      bases: [{name: ai, ollama: {sidecars: {beside: {image: {tag: "1.1"}}}}}]
`))
	if stack == nil {
		t.Fatal(problems)
	}
	digests := map[string]string{}
	images := generator.Images(stack)
	for _, image := range images {
		digests[image] = "sha256:" + strings.Repeat("0", 64)
	}
	want := []string{
		"ghcr.io/a/beside:2", "ghcr.io/open-webui/open-webui:0.9.4", "harbor.lan/hub/a/beside:1", "harbor.lan/hub/a/beside:1.1", "harbor.lan/hub/ollama/ollama:0.23.2",
	}
	if diff := cmp.Diff(want, images); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if missing := generator.Pin(stack, digests); missing != nil {
		t.Errorf("missing: %v", missing)
	}
	all, problems := generator.Objects(stack, "home")
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	set := objectset.New(all)
	var run []string
	for i := range set.Pods {
		for _, c := range set.Pods[i].Containers() {
			if !strings.Contains(c.Image, "@sha256:") {
				t.Errorf("%s runs %s", c.Name, c.Image)
			}
			run = append(run, c.Name)
		}
	}
	if want := []string{"first", "pull-models", "beside", "ollama", "beside", "open-webui"}; !slices.Equal(run, want) {
		t.Errorf("the containers are %v, want %v", run, want)
	}
}
