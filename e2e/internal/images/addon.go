package images

import (
	"cmp"
	"context"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Addon is a program that tests put into a cluster, beyond what makes it a cluster.
type Addon struct {
	// Module holds its source, and its manifests.
	Module
	// Ref is the image's published reference.
	Ref string

	program moduleProgram
	// also are further paths of the program in the image.
	also []string
	// user of the image. Default 65532:65532.
	user string
}

// Traefik is the ingress controller. Later minor releases require modules that the proxy does not serve.
func Traefik() Addon {
	const acme = "pkg/provider/acme/"
	m := Module{Path: "github.com/traefik/traefik/v3", Version: "v3.6.7", Sum: "h1:BcC/XaGWTbHnjEaJAe858Pv4csio2IK8yOLUnbPjkw8="}
	return Addon{Module: m, Ref: "docker.io/library/traefik:" + m.Version, program: moduleProgram{
		Module: m, name: "traefik", needMB: 3000,
		// The clients of some hundred DNS providers are a third of the packages and most of their size. Tests ask no public
		// authority for a certificate.
		changes: []change{
			{file: acme + "provider.go", old: `"github.com/go-acme/lego/v4/providers/dns"`, new: `"` + m.Path + "/" + acme + `dns"`},
			{file: acme + "dns/dns.go", new: noDNSProviders},
		},
	}}
}

const noDNSProviders = `// Package dns stands in for lego's.
package dns

import (
	"errors"

	"github.com/go-acme/lego/v4/challenge"
)

// NewDNSChallengeProviderByName fails.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, errors.New("built without DNS providers, so without " + name)
}
`

// MetricsServer measures what pods use.
func MetricsServer() Addon {
	m := Module{Path: "sigs.k8s.io/metrics-server", Version: "v0.9.0", Sum: "h1:nlqqZ2H0Xfko8eJC/1qaNVVT17hu4rxndkOi22KTZ4w="}
	return Addon{
		Module: m, Ref: "registry.k8s.io/metrics-server/metrics-server:" + m.Version,
		program: moduleProgram{Module: m, name: "metrics-server", needMB: 2000},
	}
}

// Dex is an identity provider: OpenID Connect, with people that its configuration lists. The module proxy knows no release of
// it, only commits: this one is v2.41.1's, as is that of its module within.
func Dex() Addon {
	const within = "github.com/dexidp/dex/api/v2 v2.1.1-0.20240807174518-43956db7fd75"
	m := Module{
		Path: "github.com/dexidp/dex", Version: "v0.0.0-20240807174518-43956db7fd75", Sum: "h1:rhJGxE3OIwZQmReo7UO/u+Qd/DsH4pZUBaUr2wrSxp0=",
	}
	const first = "cloud.google.com/go v0.26.0/go.mod h1:aQUYkXzVsufM+DwF1aE+0xfcU+56JwCaLick0ClmMTw=\n"
	return Addon{Module: m, Ref: "ghcr.io/dexidp/dex:v2.41.1", program: moduleProgram{
		Module: m, name: "dex", needMB: 1000,
		changes: []change{
			{file: "go.mod", old: "api/v2 => ./api/v2", new: "api/v2 => " + within}, // a module's archive has no modules within
			{file: "go.sum", old: first, new: first +
				within + " h1:+6yv8pY6NPzvEExj/rWp8xu9LZNNUQImWofqpcaW+Og=\n" +
				within + "/go.mod h1:wW7pJO4K9SxAgwjTWGv9jzBS6sbKcItdtbC25uJoZvg=\n"},
			{file: "storage/sql/nosqlite.go", new: noSQLite},
		},
	}}
}

const noSQLite = `package sql

import (
	"errors"
	"log/slog"

	"github.com/dexidp/dex/storage"
)

// SQLite3 stands in for the one that needs a C compiler.
type SQLite3 struct{ File string }

// Open fails.
func (*SQLite3) Open(*slog.Logger) (storage.Storage, error) {
	return nil, errors.New("built without SQLite")
}
`

// OAuth2Proxy decides about requests by a session or a token of an identity provider.
func OAuth2Proxy() Addon {
	m := Module{Path: "github.com/oauth2-proxy/oauth2-proxy/v7", Version: "v7.15.6", Sum: "h1:4xZOFvyGysSUxdrEVyLjo+NduqGHbGV9bLE8XD49IJM="}
	return Addon{
		Module: m, Ref: "quay.io/oauth2-proxy/oauth2-proxy:" + m.Version,
		program: moduleProgram{Module: m, name: "oauth2-proxy", main: ".", needMB: 1000},
	}
}

// LeaderWorkerSet makes groups of pods, by a controller and a webhook.
func LeaderWorkerSet() Addon {
	m := Module{Path: "sigs.k8s.io/lws", Version: "v0.9.0", Sum: "h1:DcJCgxjjoGOx//QHZkeKpyiblxYq70aCRZNYSfykWyI="}
	return Addon{
		Module: m, Ref: "registry.k8s.io/lws/lws:" + m.Version,
		program: moduleProgram{Module: m, name: "manager", main: "cmd", needMB: 2500},
	}
}

// CloudNativePG is the operator of PostgreSQL. It looks for itself in a folder, by architecture: that is what it puts into the pods of
// servers.
func CloudNativePG() Addon {
	m := Module{Path: "github.com/cloudnative-pg/cloudnative-pg", Version: "v1.30.0", Sum: "h1:fnhVq44xXx97MNiuvJsPrX1vSjYbgdyBK5MSGfdHdp0="}
	return Addon{
		Module: m, Ref: "ghcr.io/cloudnative-pg/cloudnative-pg:" + strings.TrimPrefix(m.Version, "v"), also: []string{"/manager", "/operator/manager_" + architecture},
		program: moduleProgram{Module: m, name: "cloudnative-pg", main: "cmd/manager", needMB: 3000},
	}
}

// CertManager is here for its custom resources: nothing of it runs.
func CertManager() Module {
	return Module{
		Path: "github.com/cert-manager/cert-manager", Version: "v1.21.2", Sum: "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
	}
}

// GatewayAPI is here for its custom resources, in the version that Traefik is built with: nothing of it runs.
func GatewayAPI() Module {
	return Module{Path: "sigs.k8s.io/gateway-api", Version: "v1.4.0", Sum: "h1:ZwlNM6zOHq0h3WUX2gfByPs2yAEsy/EenYJB78jpQfQ="}
}

// MetalLB gives a Service of type LoadBalancer an address: its controller, and the speaker that answers for it on the nodes'
// network, as root.
func MetalLB() []Addon {
	m := Module{Path: "go.universe.tf/metallb", Version: "v0.15.2", Sum: "h1:r7KDgJtk3KZe3qb36zRVrVCYHxLR03nPGT+qFXOomJM="}
	return []Addon{
		{Module: m, Ref: "quay.io/metallb/controller:" + m.Version, program: moduleProgram{Module: m, name: "controller", main: "controller", needMB: 1000}},
		{Module: m, Ref: "quay.io/metallb/speaker:" + m.Version, program: moduleProgram{Module: m, name: "speaker", main: "speaker", needMB: 1000}, user: "0:0"},
	}
}

// KubeRouterRef is the reference of the image that [Builder.KubeRouter] stands for.
const KubeRouterRef = "docker.io/cloudnativelabs/kube-router:" + kubeRouterVersion

const kubeRouterVersion = "v2.1.0"

// KubeRouter returns what enforces NetworkPolicies, by iptables and ipset. The Kubernetes project's kube-network-policies, which kind's
// daemon has within, wants nftables with its queue, which not every kernel has.
func (b *Builder) KubeRouter(ctx context.Context) (Image, error) {
	m := Module{Path: "github.com/cloudnativelabs/kube-router/v2", Version: kubeRouterVersion, Sum: "h1:xWsptKtmZ44L+NjwFKoFAFlVdxCz8fka9A/eYJe95Ok="}
	binary, err := b.binary(ctx, moduleProgram{Module: m, name: "kube-router", needMB: 1000})
	if err != nil {
		return Image{}, err
	}
	base, err := b.DebianRoot(ctx, "conntrack", "iproute2", "ipset", "iptables", "kmod")
	if err != nil {
		return Image{}, err
	}
	return b.FromFiles(ctx, Spec{
		Ref: KubeRouterRef, Base: []Layer{base},
		Files:  []File{{Path: "/usr/local/bin/kube-router", From: binary, Mode: 0o755}},
		Config: v1.Config{Entrypoint: []string{"/usr/local/bin/kube-router"}, Env: []string{searchPath}},
	})
}

// Caddy returns the server in an image with a shell, whose file has the capability to bind low ports, as that of the public image
// has: the kernel does not start it in a container that may not have the capability.
func (b *Builder) Caddy(ctx context.Context) (Image, error) {
	m := Module{Path: "github.com/caddyserver/caddy/v2", Version: "v2.11.9", Sum: "h1:bhZtcRKQOq0fuLvEgCdPYvUxXyGn9kzjG4lh2332DTE="}
	binary, err := b.binary(ctx, moduleProgram{Module: m, name: "caddy", needMB: 1500})
	if err != nil {
		return Image{}, err
	}
	base, err := b.DebianRoot(ctx, "ca-certificates", "libstdc++6")
	if err != nil {
		return Image{}, err
	}
	return b.FromFiles(ctx, Spec{
		Ref: "docker.io/library/caddy:" + strings.TrimPrefix(m.Version, "v"), Base: []Layer{base},
		Files:  []File{{Path: "/usr/bin/caddy", From: binary, Mode: 0o755, Capability: netBindService}},
		Config: v1.Config{Cmd: []string{"caddy", "run"}, Env: []string{searchPath}},
	})
}

// netBindService is CAP_NET_BIND_SERVICE as setcap writes "+ep": version 2 of the kernel's vfs_cap_data, permitted and effective.
const netBindService = "\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// SocatRef is the reference of the image of socat that people deploy.
const SocatRef = "docker.io/alpine/socat:1.8.0.3"

// Socat returns Debian's socat in an image that takes its arguments, under SocatRef.
func (b *Builder) Socat(ctx context.Context) (Image, error) {
	base, err := b.DebianRoot(ctx, "socat")
	if err != nil {
		return Image{}, err
	}
	return b.FromFiles(ctx, Spec{Ref: SocatRef, Base: []Layer{base}, Config: v1.Config{
		Entrypoint: []string{"/usr/bin/socat"}, Env: []string{searchPath}, User: "65532:65532",
	}})
}

// PostgreSQL is Debian's server.
type PostgreSQL struct {
	// Ref is the reference of the image that people deploy.
	Ref   string
	major string
	root  debianRoot
}

// PostgreSQL15 is the server alone. The others have the extension that keeps vectors, which bookworm has none of: PGVector, and the image that
// CloudNativePG starts, which has the same packages.
var (
	PostgreSQL15            = PostgreSQL{"docker.io/library/postgres:15-bookworm", "15", debianRoot{name: "postgresql-root", packages: []string{"postgresql-15"}, finish: noDatabase}}
	PGVector                = PostgreSQL{"docker.io/pgvector/pgvector:0.8.0-pg17", "17", withVectors}
	CloudNativePGPostgreSQL = PostgreSQL{"ghcr.io/cloudnative-pg/postgresql:17-system-trixie", "17", withVectors}
)

// noDatabase removes the one that the package makes, which holds nothing.
const noDatabase = "rm -rf /etc/postgresql/* /var/lib/postgresql/*\n"

// withVectors has a user by the number that CloudNativePG's pods run as: initdb wants one that has a name.
var withVectors = debianRoot{
	name: "pgvector-root", suite: "trixie", packages: []string{"postgresql-17", "postgresql-17-pgvector"}, finish: noDatabase + "usermod --uid 26 postgres\n",
}

// Image has the server's programs where the public image has them. It has no entrypoint: who starts it makes the database.
func (p PostgreSQL) Image(ctx context.Context, b *Builder) (Image, error) {
	base, err := b.debian(ctx, p.root)
	if err != nil {
		return Image{}, err
	}
	return b.FromFiles(ctx, Spec{Ref: p.Ref, Base: []Layer{base}, Config: v1.Config{
		Env: []string{strings.Replace(searchPath, "PATH=", "PATH=/usr/lib/postgresql/"+p.major+"/bin:", 1)},
	}})
}

// RedisRef is the reference of the image of Redis that people deploy.
const RedisRef = "docker.io/library/redis:7.0-bookworm"

// Redis returns Debian's server under RedisRef.
func (b *Builder) Redis(ctx context.Context) (Image, error) {
	base, err := b.DebianRoot(ctx, "redis-server")
	if err != nil {
		return Image{}, err
	}
	return b.FromFiles(ctx, Spec{Ref: RedisRef, Base: []Layer{base}, Config: v1.Config{Env: []string{searchPath}}})
}

// AddonImage returns the add-on's program in an image with nothing else, under its published reference. It runs with a read-only
// root file system.
func (b *Builder) AddonImage(ctx context.Context, a Addon) (Image, error) {
	binary, err := b.binary(ctx, a.program)
	if err != nil {
		return Image{}, err
	}
	path := "/" + a.program.name
	files := []File{{Path: path, From: binary, Mode: 0o755}}
	for _, further := range a.also {
		files = append(files, File{Path: further, From: binary, Mode: 0o755})
	}
	return b.FromFiles(ctx, Spec{
		Ref:    a.Ref,
		Files:  files,
		Config: v1.Config{Entrypoint: []string{path}, User: cmp.Or(a.user, "65532:65532")},
	})
}
