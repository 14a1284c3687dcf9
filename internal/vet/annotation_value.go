package vet

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/build/route/controller"
	"github.com/hearth-dev/hearth/internal/build/route/nginx"
)

func annotationValue(in *input) []Finding {
	forms := nginx.Annotations()
	var found []Finding
	for _, r := range in.routes {
		if r.controller() != f5 {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(r.annotations)) {
			value := r.annotations[key]
			if form, known := forms[key]; known {
				found = append(found, r.value(key, value, form)...)
			}
			switch key {
			case f5 + "websocket-services", f5 + "grpc-services", f5 + "ssl-services":
				found = append(found, r.services(key, value)...)
			case f5 + "location-snippets", f5 + "server-snippets":
				f := r.annotated(key, "a snippet, which the controller rejects unless it is started with -enable-snippets")
				f.Fix = "use an annotation or a Policy, or make sure of the flag"
				found = append(found, f)
			}
		}
	}
	return found
}

// value holds an annotation against what the controller takes.
func (r route) value(key, value string, form controller.Form) []Finding {
	var found []Finding
	if !form.Fits(value) {
		f := r.annotated(key, "got %q: %s", value, form.Otherwise)
		f.Fix = "write " + form.Want
		found = append(found, f)
	}
	if _, on := r.annotations[form.Needs]; form.Needs != "" && !on {
		f := r.annotated(key, "without %s %s", form.Needs, form.Otherwise)
		f.Fix = "write " + form.Needs + " too"
		found = append(found, f)
	}
	return found
}

// services holds a list of Services against those of the route.
func (r route) services(key, value string) []Finding {
	var own []string
	for _, b := range r.backends {
		own = append(own, b.service)
	}
	var found []Finding
	for name := range strings.SplitSeq(value, ",") {
		if !slices.Contains(own, name) {
			f := r.annotated(key, "got %q, which is no Service of this Ingress", name)
			f.Fix = fmt.Sprintf("write their names, joined by commas without spaces: %s", strings.Join(slices.Compact(own), ","))
			found = append(found, f)
		}
	}
	return found
}
