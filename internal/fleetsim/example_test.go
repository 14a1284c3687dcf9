package fleetsim_test

import (
	"fmt"
	"testing/fstest"

	"github.com/hearth-dev/hearth/internal/fleetsim"
)

func Example() {
	repository := fstest.MapFS{
		"fleet.yaml":             {Data: []byte("kustomize: {dir: app}\ndefaultNamspace: ai\n")},
		"app/kustomization.yaml": {Data: []byte("namePrefix: my-\nresources: [service.yaml]\n")},
		"app/service.yaml":       {Data: []byte("apiVersion: v1\nkind: Service\nmetadata: {name: chat}\n")},
	}
	bundles, err := fleetsim.Open(repository)
	if err != nil {
		fmt.Println(err)
		return
	}
	deployment, err := bundles[0].Deploy(fleetsim.Cluster{Name: "homelab"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, object := range deployment.Objects {
		fmt.Println(deployment.Mode, object["kind"], object["metadata"])
	}
	findings, err := fleetsim.Lint(repository)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range findings {
		fmt.Printf("%s: %s: %s\n", f.Rule, f.Path, f.Message)
	}
	// Output:
	// kustomize Service map[name:my-chat namespace:default]
	// schema: defaultNamspace: unknown field
}
