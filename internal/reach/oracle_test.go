package reach_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
	"github.com/hearth-dev/hearth/internal/testing/knock"
	"github.com/hearth-dev/hearth/internal/testing/randomworld"
	"github.com/hearth-dev/hearth/internal/testing/sample"
)

// disagreement is where the analysis and requests do not agree about a list of
// objects, "" if they do.
func disagreement(world []objects.Object) string {
	set := objects.New(world)
	if !slices.ContainsFunc(set.Pods, func(p objects.Pod) bool { return p.Ref.Name == "ollama" || p.Ref.Name == "chat" }) {
		return "" // it is about something else
	}
	all := reach.Analyze(set, reach.Facts{})
	unseen := slices.ContainsFunc(reach.Check(set, reach.Facts{}), func(f reach.Finding) bool { return f.Rule == reach.ExposureUnseen })
	for _, door := range knock.Doors(world) {
		entry := objects.RefOf(door.Entry)
		worst := map[string]problem.Severity{}
		for _, f := range all.By(func(r reach.Ref) bool { return r == entry }) {
			if worst[f.Rule] != problem.Error {
				worst[f.Rule] = f.Severity
			}
		}
		for rule, got := range map[string][2]knock.Reached{
			reach.OllamaExposed: {door.Must.Ollama, door.May.Ollama},
			reach.ChatExposed:   {door.Must.Chat, door.May.Chat},
		} {
			must, may := got[0], got[1]
			complain := func(who string) string {
				return fmt.Sprintf("%s: %s, and %s is %q (exposure-unseen: %t)", entry, who, rule, worst[rule], unseen)
			}
			doubted := door.May.Unknown && rule == reach.ChatExposed // its finding says that a guard is not seen
			switch {
			case must.Public && worst[rule] != problem.Error:
				return complain("strangers get in")
			case must.Private && worst[rule] == "":
				return complain("a private network gets in")
			case !may.Public && worst[rule] == problem.Error:
				return complain("strangers do not get in")
			case !may.Public && !may.Private && !doubted && worst[rule] != "":
				return complain("nobody gets in")
			}
		}
		if door.Must.Unknown && !unseen && len(worst) == 0 {
			return fmt.Sprintf("%s: what becomes of a request cannot be seen, and nothing says so", entry)
		}
	}
	return ""
}

// kind of a disagreement, whatever the entry's name.
func kind(disagreement string) string {
	_, after, _ := strings.Cut(disagreement, ": ")
	return after
}

// smallest is a world without what a disagreement does not need.
func smallest(world []objects.Object) []objects.Object {
	for i := 0; i < len(world); {
		if less := slices.Delete(slices.Clone(world), i, i+1); kind(disagreement(less)) == kind(disagreement(world)) {
			world, i = less, 0
		} else {
			i++
		}
	}
	return world
}

func agree(t *testing.T, seed []byte) {
	world := randomworld.Draw(seed)
	if disagreement(world) == "" {
		return
	}
	world = smallest(world)
	text, err := yaml.Marshal(world)
	if err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s\n%s", disagreement(world), text)
}

// seed is the nth of the worlds that the tests go over.
func seed(n int) []byte {
	random := rand.New(rand.NewPCG(uint64(n), 0))
	choices := make([]byte, 400)
	for i := range choices {
		choices[i] = byte(random.Uint32())
	}
	return choices
}

// TestRequestsAgree holds the analysis against requests that are made and
// followed: who gets in by them, and who does not.
func TestRequestsAgree(t *testing.T) {
	for n := range sample.Size(300, 5000) {
		agree(t, seed(n))
	}
}

func FuzzRequestsAgree(f *testing.F) {
	for n := range 3 {
		f.Add(seed(n))
	}
	f.Fuzz(agree)
}

// TestWorldsDiffer says that each kind of door is drawn, open to everybody, to
// a private network and to nobody: else the others compare nothing.
func TestWorldsDiffer(t *testing.T) {
	seen := map[string]int{}
	for n := range 1500 {
		for _, door := range knock.Doors(randomworld.Draw(seed(n))) {
			who := "nobody"
			switch {
			case door.Must.Ollama.Public:
				who = "everybody"
			case door.Must.Ollama.Private:
				who = "a private network"
			case door.Must.Unknown:
				who = "who knows"
			}
			seen[fmt.Sprintf("%s for %s", objects.RefOf(door.Entry).Kind, who)]++
		}
	}
	for _, kind := range []string{"Service", "Ingress", "IngressRoute", "IngressRouteTCP", "HTTPRoute", "GRPCRoute", "TLSRoute",
		"VirtualServer", "TransportServer", "VirtualService", "Route"} {
		for _, who := range []string{"everybody", "a private network", "who knows", "nobody"} {
			if what := fmt.Sprintf("%s for %s", kind, who); seen[what] == 0 {
				t.Errorf("no %s was drawn", what)
			}
		}
	}
	t.Log(seen)
}
