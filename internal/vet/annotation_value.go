package vet

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/build/route/controller"
	"github.com/hearth-dev/hearth/internal/build/route/ingressnginx"
	"github.com/hearth-dev/hearth/internal/build/route/nginx"
	"github.com/hearth-dev/hearth/internal/reach"
)

const community = string(reach.IngressNGINX)

func annotationValue(in *input) []Finding {
	tables := map[reach.Family]controller.Table{reach.F5: nginx.Annotations(), reach.IngressNGINX: ingressnginx.Annotations()}
	var found []Finding
	for _, r := range in.reach().Routes {
		forms := tables[r.Family(in.Set)]
		if forms == nil {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(r.Annotations)) {
			value := r.Annotations[key]
			if form, known := forms[key]; known {
				found = append(found, valueOf(r, key, value, form)...)
			}
			switch key {
			case string(reach.F5) + "websocket-services", string(reach.F5) + "grpc-services", string(reach.F5) + "ssl-services":
				found = append(found, servicesOf(r, key, value)...)
			case string(reach.F5) + "location-snippets", string(reach.F5) + "server-snippets":
				f := annotated(r, key, "a snippet, which the controller rejects unless it is started with -enable-snippets")
				f.Fix = "use an annotation or a Policy, or make sure of the flag"
				found = append(found, f)
			case community + "auth-snippet", community + "configuration-snippet", community + "modsecurity-snippet", community + "server-snippet", community + "stream-snippet":
				f := annotated(r, key, "a snippet, for which the controller refuses the whole Ingress unless allow-snippet-annotations is true and, from 1.12 on, annotations-risk-level is Critical")
				f.Fix = "use another annotation, or make sure of both settings"
				found = append(found, f)
			}
		}
	}
	return found
}

// value holds an annotation against what the controller takes.
func valueOf(r reach.Route, key, value string, form controller.Form) []Finding {
	var found []Finding
	if !form.Fits(value) {
		f := annotated(r, key, "got %q: %s", value, form.Otherwise)
		f.Fix = "write " + form.Want
		found = append(found, f)
	}
	if _, on := r.Annotations[form.Needs]; form.Needs != "" && !on {
		f := annotated(r, key, "without %s %s", form.Needs, form.Otherwise)
		f.Fix = "write " + form.Needs + " too"
		found = append(found, f)
	}
	return found
}

// services holds a list of Services against those of the route.
func servicesOf(r reach.Route, key, value string) []Finding {
	var own []string
	for _, b := range r.Backends() {
		own = append(own, b.Service)
	}
	var found []Finding
	for name := range strings.SplitSeq(value, ",") {
		if !slices.Contains(own, name) {
			f := annotated(r, key, "got %q, which is no Service of this Ingress", name)
			f.Fix = fmt.Sprintf("write their names, joined by commas without spaces: %s", strings.Join(slices.Compact(own), ","))
			found = append(found, f)
		}
	}
	return found
}
