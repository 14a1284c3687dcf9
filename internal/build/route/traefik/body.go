package traefik

import (
	"fmt"
	"strconv"

	"github.com/hearth-dev/hearth/internal/build/object"
)

// buffering takes a request in whole before it passes it on, or answers 413.
type buffering struct {
	MaxRequestBodyBytes int64 `json:"maxRequestBodyBytes"`
	MemRequestBodyBytes int64 `json:"memRequestBodyBytes"`
}

// large is a route beside the plain one for requests whose body may be above
// the program's limit, with the Middleware that looks. It is not for all: a
// buffering Middleware holds the answer back too, until its end, and nobody would
// see one grow. So it takes a body of as many digits as the limit has, or more,
// and one of no length that is told beforehand. Traefik asks the longest rule
// first, which is one of these. No Ingress can say so.
func (r route) large(chain []*object.Custom, secure bool) []any {
	if r.MaxBody == 0 {
		return nil
	}
	m := r.middleware("body", middlewareSpec{Buffering: &buffering{MaxRequestBodyBytes: r.MaxBody, MemRequestBodyBytes: 1 << 20}})
	chain = append(chain[:len(chain):len(chain)], m)
	digits := len(strconv.FormatInt(r.MaxBody, 10))
	return []any{
		r.ingressRoute(r.expose.Name+"-body", r.expose.Traefik.EntryPoints, chain, secure,
			fmt.Sprintf(" && HeaderRegexp(`Content-Length`, `[0-9]{%d}`)", digits),
			" && !HeaderRegexp(`Content-Length`, `[0-9]`) && !Method(`GET`) && !Method(`HEAD`) && !Method(`OPTIONS`)"),
		m,
	}
}
