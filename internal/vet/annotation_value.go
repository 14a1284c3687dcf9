package vet

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The forms of values that F5's controller accepts.
var (
	nginxTime    = regexp.MustCompile(`^[0-9]+(ms|[smhdwMy])?( [0-9]+(ms|[smhdwMy])?)*$`)
	nginxSize    = regexp.MustCompile(`^[0-9]+[kKmM]?$`)
	nginxOffset  = regexp.MustCompile(`^[0-9]+[kKmMgG]?$`)
	nginxBuffers = regexp.MustCompile(`^[0-9]+ [0-9]+[kKmM]?$`)
	nginxNumber  = regexp.MustCompile(`^[0-9]+$`)
)

// nginxForm is what a value has to look like.
type nginxForm struct {
	valid func(string) bool
	want  string
}

func nginxForms() map[string]nginxForm {
	isBool := func(s string) bool { _, err := strconv.ParseBool(s); return err == nil }
	forms := map[string]nginxForm{}
	add := func(valid func(string) bool, want, names string) {
		for _, name := range strings.Fields(names) {
			forms[f5+name] = nginxForm{valid, want}
		}
	}
	add(nginxTime.MatchString, `a time such as 3600s or "1h 30m"`,
		"proxy-connect-timeout proxy-read-timeout proxy-send-timeout fail-timeout proxy-next-upstream-timeout")
	add(nginxOffset.MatchString, "digits with k, m or g; 0 is no limit", "client-max-body-size proxy-max-temp-file-size")
	add(nginxSize.MatchString, "digits with k or m", "client-body-buffer-size proxy-buffer-size proxy-busy-buffers-size upstream-zone-size limit-req-zone-size")
	add(nginxBuffers.MatchString, "a number and a size, such as 8 4k", "proxy-buffers")
	add(nginxNumber.MatchString, "a number", "max-fails max-conns hsts-max-age limit-req-burst limit-req-delay limit-req-reject-code proxy-next-upstream-tries")
	add(isBool, "true or false", `proxy-buffering redirect-to-https ssl-redirect hsts hsts-include-subdomains hsts-behind-proxy
		use-cluster-ip limit-req-no-delay limit-req-dry-run limit-req-scale ssl-prefer-server-ciphers`)
	return forms
}

func annotationValue(in *input) []Finding {
	forms := nginxForms()
	var found []Finding
	for _, r := range in.routes {
		if r.controller() != f5 {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(r.annotations)) {
			value := r.annotations[key]
			if form, known := forms[key]; known && !form.valid(value) {
				f := r.annotated(key, "got %q", value)
				f.Fix = "write " + form.want
				found = append(found, f)
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
