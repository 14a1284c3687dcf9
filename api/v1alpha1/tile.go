package v1alpha1

import (
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

// Tile is the link to the service on the dashboards where people look for one:
// a title and a picture that lead to the host. spec.catalog.homer lists every
// tile; a member that is named for a dashboard writes it into the cluster.
type Tile struct {
	// Title of the link. Default: openWebUI.name where the base has a chat, else
	// the Service's name.
	Title string `json:"title,omitzero"`
	// Group of links that it stands in. Default Apps.
	Group string `json:"group,omitzero"`
	// Description in one line below the title. Default none.
	Description string `json:"description,omitzero"`
	// Icon is the URL of a picture, for all dashboards. Default: each has an icon
	// of its own set.
	Icon string `json:"icon,omitzero"`
	// Homer is how the tile looks in Homer, and where Homer finds it in the
	// cluster.
	Homer *HomerTile `json:"homer,omitzero"`
	// Homepage is gethomepage's: annotations of the route. It reads them on an
	// Ingress; on an HTTPRoute with gateway: true, on Traefik's IngressRoute with
	// traefik: true in its kubernetes.yaml. Default none.
	Homepage *HomepageTile `json:"homepage,omitzero"`
	// Hajimari is annotations of the route, which it reads on an Ingress alone.
	// Default none.
	Hajimari *HajimariTile `json:"hajimari,omitzero"`
}

// HomerTile is what only Homer has.
type HomerTile struct {
	// Icon is the CSS classes of an icon, a path in Homer's own assets or a URL.
	// Default: icon of the tile, else of Font Awesome "fas fa-comments" for the
	// chat, "fas fa-brain" for Ollama, "fas fa-link" for another Service.
	Icon string `json:"icon,omitzero"`
	// ConfigMap of this name in the base's namespace has the tile as a page of
	// Homer's, under the key NAME.yml: a Homer that has it in its assets shows it
	// at #NAME. Default none.
	ConfigMap string `json:"configMap,omitzero"`
}

// HomepageTile is what only Homepage has.
type HomepageTile struct {
	// Icon is mdi-NAME, si-NAME, sh-NAME, the name of one of the dashboard icons,
	// a path in Homepage's own folder or a URL. Default: icon of the tile, else
	// mdi-chat for the chat, mdi-brain for Ollama, mdi-web for another Service.
	Icon string `json:"icon,omitzero"`
}

// HajimariTile is what only Hajimari has.
type HajimariTile struct {
	// Icon is SET:NAME of Iconify or a URL. Default: icon of the tile, else
	// mdi:chat for the chat, mdi:brain for Ollama, mdi:web for another Service.
	Icon string `json:"icon,omitzero"`
}

// icons are those of a program behind a route.
type icons struct{ homer, material string }

// iconsOf are those of a program. They are of Font Awesome Free 7
// and Material Design Icons 7; which of these a dashboard brings is its own.
func iconsOf(p Program) icons {
	switch p {
	case ProgramOpenWebUI:
		return icons{"fas fa-comments", "chat"}
	case ProgramOllama:
		return icons{"fas fa-brain", "brain"}
	}
	return icons{"fas fa-link", "web"}
}

// applyDefaults fills in the tile of a route to the named Service of a program.
func (t *Tile) applyDefaults(service string, p Program) {
	fill(&t.Title, service)
	fill(&t.Group, "Apps")
	usual := iconsOf(p)
	fillPointer(&t.Homer, HomerTile{})
	fill(&t.Homer.Icon, t.Icon)
	fill(&t.Homer.Icon, usual.homer)
	if h := t.Homepage; h != nil {
		fill(&h.Icon, t.Icon)
		fill(&h.Icon, "mdi-"+usual.material)
	}
	if h := t.Hajimari; h != nil {
		fill(&h.Icon, t.Icon)
		fill(&h.Icon, "mdi:"+usual.material)
	}
}

// What an icon is called, besides a URL.
var (
	picturePath  = `/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*\.(png|svg|webp|jpe?g|gif|ico)`
	homerIcon    = lazyregexp.New(`^([a-z][a-z0-9-]*( [a-z][a-z0-9-]*)+|` + picturePath + `)$`)
	homepageIcon = lazyregexp.New(`^((mdi|si|sh)-[a-z0-9.-]+(-#[0-9a-fA-F]{6})?|[a-z0-9-]+(\.(png|svg|webp))?|` + picturePath + `)$`)
	hajimariIcon = lazyregexp.New(`^[a-z0-9-]+:[a-z0-9-]+$`)
)

// tile checks the link of a route; t has its defaults.
func (v validator) tile(expose *field.Path, e *Expose) {
	t, at := e.Tile, expose.Child("tile")
	if t == nil {
		return
	}
	v.oneLine(at.Child("title"), t.Title)
	v.oneLine(at.Child("group"), t.Group)
	if t.Description != "" {
		v.oneLine(at.Child("description"), t.Description)
	}
	v.icon(at.Child("icon"), t.Icon, nil, "a URL such as https://example.org/chat.svg")
	v = v.because(at.Child("icon"))
	if t.Homer.Icon != t.Icon {
		v.icon(at.Child("homer", "icon"), t.Homer.Icon, homerIcon(), `CSS classes such as "fas fa-comments", a path such as assets/chat.png, or a URL`)
	}
	v.homerPage(at.Child("homer", "configMap"), t.Homer.ConfigMap)
	if h := t.Homepage; h != nil && h.Icon != t.Icon {
		v.icon(at.Child("homepage", "icon"), h.Icon, homepageIcon(), "a name such as mdi-chat or chat.png, a path such as /icons/chat.png, or a URL")
	}
	if h := t.Hajimari; h != nil {
		if h.Icon != t.Icon {
			v.icon(at.Child("hajimari", "icon"), h.Icon, hajimariIcon(), "a name such as mdi:chat, or a URL")
		}
		if kind := e.routeKind(); kind != "Ingress" {
			v.because(expose.Child("type"), expose.Child("traefik", "route")).errorf(at.Child("hajimari"), problem.Remove,
				"has no effect: Hajimari reads an Ingress alone, and the route is of kind %s", kind)
		}
	}
}

// icon checks a picture: a URL, or else a name of the form.
func (v validator) icon(at *field.Path, icon string, form *regexp.Regexp, want string) {
	switch {
	case icon == "":
	case strings.Contains(icon, "://"):
		v.url(at, icon, "https://example.org/chat.svg", "https", "http")
	case form == nil || !form.MatchString(icon) || len(icon) > 200 || strings.Contains(icon, ".."):
		v.errorf(at, "", "got %q, want %s", icon, want)
	}
}

// homerConfigMap is the name of the ConfigMap that the tile writes; "" for none.
func (e *Expose) homerConfigMap() string {
	if e.Tile == nil || e.Tile.Homer == nil {
		return ""
	}
	return e.Tile.Homer.ConfigMap
}

// homerPage checks the name, which is the page's too.
func (v validator) homerPage(at *field.Path, name string) {
	v.optionalName(at, name, "a ConfigMap")
	if len(validation.IsConfigMapKey(name+".yml")) > 0 && len(validation.IsDNS1123Subdomain(name)) == 0 {
		v.errorf(at, "", "got %d characters, want at most %d: its page has the key NAME.yml", len(name), validation.DNS1123SubdomainMaxLength-len(".yml"))
	}
	v.staysText(at, name)
}

// routeKind is the kind of the object that is the route.
func (e *Expose) routeKind() string {
	switch {
	case e.Type == ExposeGateway:
		return "HTTPRoute"
	case e.Traefik != nil && e.Traefik.Route == TraefikIngressRoute:
		return "IngressRoute"
	}
	return "Ingress"
}
