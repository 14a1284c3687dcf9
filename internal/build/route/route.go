package route

import (
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/route/controller"
	"github.com/hearth-dev/hearth/internal/build/route/gateway"
	"github.com/hearth-dev/hearth/internal/build/route/ingressnginx"
	"github.com/hearth-dev/hearth/internal/build/route/nginx"
	"github.com/hearth-dev/hearth/internal/build/route/traefik"
)

// Target is the Service that a route leads to.
type Target = controller.Target

// controllers are all that hearth knows, by the type of route.
func controllers() map[v1alpha1.ExposeType]controller.Controller {
	return map[v1alpha1.ExposeType]controller.Controller{
		v1alpha1.ExposeNginx:        nginx.Controller(),
		v1alpha1.ExposeIngressNGINX: ingressnginx.Controller(),
		v1alpha1.ExposeTraefik:      traefik.Controller(),
		v1alpha1.ExposeGateway:      gateway.Controller(),
	}
}

// Objects are the typed objects that lead a resolved route's host to the
// target: none for type internal.
func Objects(t Target, e *v1alpha1.Expose) []any {
	if !e.Exposed() {
		return nil
	}
	objects := append(certificate(t, e), controllers()[e.Type].Objects(t, e)...)
	if len(t.Pods) > 0 {
		objects = append(objects, admit(t, e, "-route", t.Pods, intstr.Parse(t.PodPort)))
	}
	return tile(t, e, objects)
}

// Passwords is the form of the Secret that the route's basicAuth names.
func Passwords(e *v1alpha1.Expose) controller.Passwords { return controllers()[e.Type].Passwords }
