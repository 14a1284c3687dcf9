package v1alpha1

import "k8s.io/apimachinery/pkg/util/validation/field"

// Redis is a Redis or Valkey of the chat's own: its pods share sign-outs, who is
// there, and what each page has to hear, on channels that every client of the server
// hears. Its maxmemory-policy is noeviction.
type Redis struct {
	// URL of the server, a value, or, with a password, a secretKeyRef (REDIS_URL,
	// WEBSOCKET_REDIS_URL): redis://:PASSWORD@HOST:6379/0, or rediss:// for TLS.
	URL EnvValue `json:"url"`
	// To is where the server is, for the NetworkPolicy, which cannot see a Secret.
	// Default: where the URL leads to; of a secretKeyRef, the pods of the base's
	// own namespace, at port 6379.
	To *Destination `json:"to,omitzero"`
}

// RedisPort is where Redis listens.
const RedisPort = 6379

// Way is where the chat has to be let out to; nil for the internet, at the port.
// The last result is false where the URL does not say it. The namespace is the
// base's own.
func (r *Redis) Way(namespace string) (to *Destination, port Port, known bool) {
	if r.URL.SecretKeyRef == nil {
		return way(parseURL(r.URL.Value), r.To, RedisPort, namespace)
	}
	to = &Destination{}
	if r.To != nil {
		*to = clone(*r.To)
	}
	if len(to.Ports) == 0 {
		to.Ports = []Port{RedisPort}
	}
	return to, RedisPort, true
}

func (v validator) redis(base *field.Path, b *Base) {
	r := b.OpenWebUI.Redis
	if r == nil {
		return
	}
	at := base.Child("openWebUI", "redis")
	if ref := r.URL.SecretKeyRef; ref != nil {
		if r.To != nil {
			v.destination(at.Child("to"), r.To.Peer)
		}
		v.secretKeyRef(at.Child("url"), r.URL)
		return
	}
	v.server(base, at, server{
		url: r.URL.Value, to: r.To, usual: RedisPort, example: "redis://redis.cache.svc:6379/0", or: ", or a secretKeyRef",
		clear: "redis", encrypted: "rediss", carries: "answers and sessions",
	}, b.Namespace)
}
