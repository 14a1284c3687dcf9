package annotation

import "sync"

// Traefik are the annotations by which a person tunes an Ingress for Traefik. The
// others that it reads there are for what a Stack has fields for.
var Traefik = sync.OnceValue(func() *Table {
	const router = "traefik.ingress.kubernetes.io/router."
	boolean := matching("true or false", "true|false")
	forms := map[string]Form{
		router + "priority":                     matching("a whole number", "-?[0-9]{1,18}"),
		router + "observability.accesslogs":     boolean,
		router + "observability.metrics":        boolean,
		router + "observability.tracing":        boolean,
		router + "observability.traceverbosity": matching("minimal or detailed", "minimal|detailed"),
	}
	for key, f := range forms {
		f.Otherwise = "Traefik leaves the whole route out" // the provider's parser knows no half measures
		forms[key] = f
	}
	return &Table{forms}
})
