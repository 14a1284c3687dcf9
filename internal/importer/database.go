package importer

import (
	"fmt"
	"net/url"
	"strings"
)

// databaseURL is where the chat's data is: a file of SQLite, which is hearth's
// default, or a server of PostgreSQL.
func databaseURL(a *app, v *variable) bool {
	const why = "hearth has a field for it"
	at := a.at("database")
	scheme, _, _ := strings.Cut(v.text, "://")
	switch {
	case v.secret != nil:
		a.doc.set(at.with("type"), "postgres")
		a.doc.change(at.with("postgres", "url"), map[string]any{"name": v.secret.Name, "key": v.secret.Key}, v.node, why, "")
		a.notef("Where the database of %s is cannot be seen: unless it is in the namespace %s, at port 5432, name it in %s", a.where(), a.namespace, field(at.with("postgres", "to")))
	case strings.HasPrefix(scheme, "postgres"):
		a.doc.set(at.with("type"), "postgres")
		a.hide(v, at.with("postgres", "url"))
		if u, err := url.Parse(v.text); err == nil {
			if to := a.place(v.name, u); len(to) > 0 {
				a.doc.set(at.with("postgres", "to"), to)
			}
		}
	case scheme == "sqlite" && strings.HasSuffix(v.text, "/data/webui.db"):
		v.node.plain("SQLite on the volume, as in hearth")
	case scheme == "sqlite":
		v.node.lost("hearth's file is webui.db on the volume", fmt.Sprintf("rename the file of %s to it", v.text))
	default:
		v.node.lost("hearth has SQLite and PostgreSQL", "write openWebUI.database")
	}
	return true
}
