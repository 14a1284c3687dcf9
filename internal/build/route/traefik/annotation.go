package traefik

import (
	"strconv"
	"sync"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/route/controller"
)

// leavesOut is what Traefik does with an annotation that it cannot read: its
// parser knows no half measures.
const leavesOut = "Traefik leaves the whole route out"

// Annotations are those by which a person tunes an Ingress for Traefik. The
// others that it reads there are for what a Stack has fields for.
var Annotations = sync.OnceValue(func() controller.Table {
	boolean := controller.OneOf("true or false", "true", "false")
	table := controller.Table{
		router + "priority": {Want: "a whole number", Fits: func(s string) bool {
			_, err := strconv.ParseInt(s, 10, 64)
			return err == nil
		}},
		router + "observability.accesslogs":     boolean,
		router + "observability.metrics":        boolean,
		router + "observability.tracing":        boolean,
		router + "observability.traceverbosity": controller.OneOf("minimal or detailed", "minimal", "detailed"),
	}
	for key, form := range table {
		form.Otherwise = leavesOut
		table[key] = form
	}
	return table
})

const ours = "hearth sets this annotation"

var refused = []controller.Refused{
	{Prefix: router + "entrypoints", Why: ours, Fix: "use expose.traefik.entryPoints"},
	{Prefix: router + "middlewares", Why: ours, Fix: "use expose.traefik.basicAuth, expose.traefik.forwardAuth and the like; for another Middleware write a patch"},
	{Prefix: router + "tls", Why: ours, Fix: "use expose.tls"},
	{
		Prefix: "traefik.ingress.kubernetes.io/",
		Why:    "Traefik reads this annotation on an Ingress, not on an IngressRoute",
		Fix:    "remove it, or write expose.traefik.route: ingress",
		On: func(e *v1alpha1.Expose) bool {
			return e.Traefik != nil && e.Traefik.Route == v1alpha1.TraefikIngressRoute
		},
	},
	{
		Prefix: "traefik.ingress.kubernetes.io/service.",
		Why:    "Traefik reads this annotation on the Service, not on the route",
		Fix:    "write a patch of the Service",
	},
}
