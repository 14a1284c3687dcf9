package images

import (
	"context"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// searchPath is what manifests rely on that start a program by its bare name, as kubeadm's do.
const searchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// helperRef is the image that local-path-provisioner starts to make and remove a volume's folder.
const helperRef = "docker.io/kindest/local-path-helper:" + bookworm

// systemImage is an image that a node needs before any workload: a program in a place, perhaps above Debian's tools.
type systemImage struct {
	ref     string
	program *goProgram
	// binary is the name of the program's file among those that it builds.
	binary string
	// path is where the file lies in the image. It is also the entrypoint.
	path string
	// tools asks for the Debian layer with the programs that work on the kernel's packet filters.
	tools bool
}

// systemImages have the references that kubeadm, kind's containerd configuration and our storage manifest ask for.
var systemImages = []systemImage{
	{ref: "registry.k8s.io/kube-apiserver:" + KubernetesVersion, program: &kubernetes, binary: "kube-apiserver", path: "/usr/local/bin/kube-apiserver"},
	{ref: "registry.k8s.io/kube-controller-manager:" + KubernetesVersion, program: &kubernetes, binary: "kube-controller-manager", path: "/usr/local/bin/kube-controller-manager"},
	{ref: "registry.k8s.io/kube-scheduler:" + KubernetesVersion, program: &kubernetes, binary: "kube-scheduler", path: "/usr/local/bin/kube-scheduler"},
	{ref: "registry.k8s.io/kube-proxy:" + KubernetesVersion, program: &kubernetes, binary: "kube-proxy", path: "/usr/local/bin/kube-proxy", tools: true},
	{ref: "registry.k8s.io/etcd:3.6.5-0", program: &etcd, binary: "server", path: "/usr/local/bin/etcd"},
	{ref: "registry.k8s.io/coredns/coredns:" + coreDNSVersion, program: &coreDNS, binary: "coredns", path: "/coredns"},
	{ref: "registry.k8s.io/pause:" + pauseVersion, program: &pause, binary: "pause", path: "/pause"},
	{ref: "docker.io/rancher/local-path-provisioner:" + localPathVersion, program: &localPath, binary: "local-path-provisioner", path: "/usr/local/bin/local-path-provisioner"},
	{ref: helperRef, tools: true},
}

// spec builds what the image is made of and says how they go together.
func (s systemImage) spec(ctx context.Context, b *Builder) (Spec, error) {
	spec := Spec{Ref: s.ref, Config: v1.Config{Env: []string{searchPath}}}
	if s.tools {
		tools, err := b.tools(ctx)
		if err != nil {
			return Spec{}, err
		}
		spec.Base = []Layer{tools}
	}
	if s.program != nil {
		dir, err := b.binaries(ctx, *s.program)
		if err != nil {
			return Spec{}, err
		}
		spec.Files = []File{{Path: s.path, From: filepath.Join(dir, s.binary)}}
		spec.Config.Entrypoint = []string{s.path}
	}
	return spec, nil
}

// tools is Debian with the programs that work on the kernel's packet filters, which kube-proxy calls.
func (b *Builder) tools(ctx context.Context) (Layer, error) {
	return b.DebianRoot(ctx, "conntrack", "iptables", "kmod", "nftables")
}
