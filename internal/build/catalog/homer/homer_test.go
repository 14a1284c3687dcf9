package homer_test

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog/homer"
)

const stack = `
name: homelab
overlays:
  - name: home
    bases:
      - name: chat
        openWebUI: {name: minicloud chat}
        expose: {type: nginx, host: chat.lan, tls: {type: secret}, tile: {}}
      - name: api
        ollama: {models: ["llama3.2:3b"]}
        expose:
          type: nginx
          host: ollama.lan
          tls: {type: none}
          tile: {group: 'APIs: "all"', description: "<b>#1</b>", icon: "https://example.org/a.svg"}
  - name: untiled
    bases:
      - name: chat
        openWebUI: {}
        expose: {type: nginx, host: other.lan, tls: {type: secret}}
  - name: inside
    bases: [{name: chat, openWebUI: {}}]
`

const another = `
  - name: staging
    bases:
      - name: chat
        openWebUI: {name: minicloud chat}
        expose: {type: nginx, host: staging.lan, tls: {type: secret}, tile: {homer: {icon: assets/chat.png}}}
`

func page(t *testing.T, text string) homer.Page {
	t.Helper()
	var r v1alpha1.Resolved
	if err := sigsyaml.UnmarshalStrict([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	for _, o := range r.Overlays {
		for i := range o.Bases {
			o.Bases[i].Default()
		}
	}
	return homer.Of(&r)
}

func TestOf(t *testing.T) {
	one := homer.Page{Services: []homer.Group{
		{Name: "Apps", Items: []homer.Item{{Name: "minicloud chat", Icon: "fas fa-comments", URL: "https://chat.lan"}}},
		{Name: `APIs: "all"`, Items: []homer.Item{{Name: "ollama", Logo: "https://example.org/a.svg", Subtitle: "<b>#1</b>", URL: "http://ollama.lan"}}},
	}}
	if diff := cmp.Diff(one, page(t, stack)); diff != "" {
		t.Errorf("one overlay with tiles (-want +got):\n%s", diff)
	}
	one.Services[0].Items[0].Tag, one.Services[1].Items[0].Tag = "home", "home"
	one.Services[0].Items = append(one.Services[0].Items, homer.Item{Name: "minicloud chat", Logo: "assets/chat.png", Tag: "staging", URL: "https://staging.lan"})
	if diff := cmp.Diff(one, page(t, stack+another)); diff != "" {
		t.Errorf("two overlays with tiles (-want +got):\n%s", diff)
	}
}

// TestFormat reads what was written as Homer's documentation has it, strictly: a
// field that it does not know is one that Homer does not show.
func TestFormat(t *testing.T) {
	data, err := yaml.Marshal(page(t, stack+another))
	if err != nil {
		t.Fatal(err)
	}
	var documented struct {
		Services []struct {
			Name, Icon, Logo, Class string
			Items                   []struct{ Name, Icon, Logo, Subtitle, Tag, Keywords, URL, Target, Tagstyle, Type, Class, Background string }
		}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&documented); err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	items := 0
	for _, group := range documented.Services {
		for _, i := range group.Items {
			items++
			if i.Name == "" || !regexp.MustCompile(`^https?://[^/@]+$`).MatchString(i.URL) || (i.Icon == "") == (i.Logo == "") {
				t.Errorf("got %+v, want a name, an address, and an icon or a logo", i)
			}
		}
	}
	if items != 3 {
		t.Errorf("got %d items, want 3:\n%s", items, data)
	}
}
