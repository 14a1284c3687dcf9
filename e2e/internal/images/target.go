package images

import "context"

// Target is one thing that the tests need from this package, by a name that a person can ask for.
type Target struct {
	// Name is what --only takes.
	Name string
	// About says in a few words what it is.
	About string
	// Full says that only the full run needs it, so that the gate does without.
	Full bool
	// Build makes it, with what it is made of, or finds it in the cache. It returns where it lies.
	Build func(ctx context.Context, b *Builder) (path string, err error)
}

// Targets lists what a cluster and its add-ons need in mode source, in the order in which it is best built: the longest first.
func Targets() []Target {
	var targets []Target
	for _, p := range []*goProgram{&kubernetes, &etcd, &coreDNS, &localPath, &pause} {
		targets = append(targets, Target{
			Name: p.name, About: "program " + p.version + ", from its Go module",
			Build: func(ctx context.Context, b *Builder) (string, error) { return b.binaries(ctx, *p) },
		})
	}
	targets = append(targets, Target{
		Name: containerd.name, About: "programs " + containerdVersion + ", from their Go module; for the full run", Full: true,
		Build: func(ctx context.Context, b *Builder) (string, error) { return b.Containerd(ctx) },
	})
	for i, a := range []Addon{Traefik(), MetricsServer(), Dex(), OAuth2Proxy(), LeaderWorkerSet(), CloudNativePG()} {
		full, about := i > 1, "image "+a.Ref+", compiled from its Go module"
		if full {
			about += "; for the full run"
		}
		targets = append(targets, Target{
			Name: a.program.name, About: about, Full: full,
			Build: func(ctx context.Context, b *Builder) (string, error) { return Path(b.AddonImage(ctx, a)) },
		})
	}
	for _, a := range append(SnapshotAddons(), MetalLB()...) {
		targets = append(targets, Target{
			Name: a.program.name, About: "image " + a.Ref + ", compiled from its Go module; for the full run", Full: true,
			Build: func(ctx context.Context, b *Builder) (string, error) { return Path(b.AddonImage(ctx, a)) },
		})
	}
	return append(targets,
		Target{
			Name: csiFolders.name, About: "image " + CSIDriverRef + ", a CSI driver with snapshots; for the full run", Full: true,
			Build: func(ctx context.Context, b *Builder) (string, error) { return Path(b.CSIDriver(ctx)) },
		},
		Target{
			Name: "caddy", About: "image docker.io/library/caddy, compiled from its Go module; for the full run", Full: true,
			Build: func(ctx context.Context, b *Builder) (string, error) { return Path(b.Caddy(ctx)) },
		},
		Target{
			Name: "kube-router", About: "image " + KubeRouterRef + ", compiled from its Go module; for the full run", Full: true,
			Build: func(ctx context.Context, b *Builder) (string, error) { return Path(b.KubeRouter(ctx)) },
		},
		Target{
			Name: "open-webui", About: "image " + OpenWebUIDeployed.Ref() + ", from its package on PyPI; for the full run", Full: true,
			Build: func(ctx context.Context, b *Builder) (string, error) { return Path(OpenWebUIDeployed.Image(ctx, b)) },
		},
		Target{
			Name: "open-webui-newest", About: "image " + OpenWebUINewest.Ref() + ", from its package on PyPI; for the full run", Full: true,
			Build: func(ctx context.Context, b *Builder) (string, error) { return Path(OpenWebUINewest.Image(ctx, b)) },
		},
		Target{
			Name: "postgresql", About: "image " + PostgreSQL15.Ref + ", with Debian's package; for the full run", Full: true,
			Build: func(ctx context.Context, b *Builder) (string, error) { return Path(PostgreSQL15.Image(ctx, b)) },
		},
		Target{
			Name: "pgvector", About: "image " + PGVector.Ref + ", with Debian's packages; for the full run", Full: true,
			Build: func(ctx context.Context, b *Builder) (string, error) { return Path(PGVector.Image(ctx, b)) },
		},
		Target{
			Name: "cloudnative-pg-postgresql", About: "image " + CloudNativePGPostgreSQL.Ref + ", with Debian's packages; for the full run", Full: true,
			Build: func(ctx context.Context, b *Builder) (string, error) {
				return Path(CloudNativePGPostgreSQL.Image(ctx, b))
			},
		},
		Target{
			Name: "redis", About: "image " + RedisRef + ", with Debian's package; for the full run", Full: true,
			Build: func(ctx context.Context, b *Builder) (string, error) { return Path(b.Redis(ctx)) },
		},
		Target{
			Name: "socat", About: "image " + SocatRef + ", with Debian's package",
			Build: func(ctx context.Context, b *Builder) (string, error) { return Path(b.Socat(ctx)) },
		},
		Target{
			Name: "debian", About: "root file system with packet filter tools, for kube-proxy and local-path-helper",
			Build: func(ctx context.Context, b *Builder) (string, error) {
				layer, err := b.tools(ctx)
				return layer.Tar, err
			},
		},
		Target{
			Name: "node-root", About: "root file system of a node: Debian " + bookworm + ", containerd, kind's files",
			Build: func(ctx context.Context, b *Builder) (string, error) {
				layer, err := b.nodeRoot(ctx)
				return layer.Tar, err
			},
		},
		Target{
			Name: "node", About: "kind node image, Kubernetes " + KubernetesVersion + ", with all of the above inside",
			Build: func(ctx context.Context, b *Builder) (string, error) { return Path(b.NodeImage(ctx)) },
		},
	)
}

// Path is where an image lies, of what its build returns.
func Path(image Image, err error) (string, error) { return image.Tar, err }
