package images

import (
	"bytes"
	"context"
	_ "embed" // for the node's files below
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

var (
	//go:embed recipes/node.sh
	nodeScript string
	//go:embed recipes/storage.yaml
	storageManifest string
	//go:embed recipes/cni.conflist
	cniConfig []byte
	//go:embed recipes/load-images.service
	loadImagesUnit []byte
	//go:embed recipes/kubelet-images.conf
	kubeletDropIn []byte
)

// kindModule is where the node's scripts, units and containerd configuration come from; go.mod pins it.
const kindModule = "sigs.k8s.io/kind"

// nodePackages are Debian's: what kind's image installs, the container runtime that kind builds itself, and tcpdump for
// the tests that watch a pod's packets.
var nodePackages = []string{
	"ca-certificates", "conntrack", "containerd", "containernetworking-plugins", "curl", "dbus", "e2fsprogs", "ethtool",
	"fuse-overlayfs", "iproute2", "iptables", "jq", "kmod", "libseccomp2", "mount", "nftables", "pigz", "procps", "runc",
	"socat", "systemd", "tcpdump", "util-linux",
}

// NodeImage returns an image that kind can run as a node, with every image that Kubernetes needs inside it.
//
// Its network is a point-to-point link from each pod to the node, since kind's own CNI daemon cannot be had as a module.
// That is enough for one node: pods reach each other, Services and the outside. A second node needs [CNIConfig] and routes. It does not enforce NetworkPolicy, and the
// module proxy does not serve sigs.k8s.io/kube-network-policies, which could.
func (b *Builder) NodeImage(ctx context.Context) (Image, error) {
	root, err := b.nodeRoot(ctx)
	if err != nil {
		return Image{}, err
	}
	var system []Spec
	for _, s := range systemImages {
		spec, err := s.spec(ctx, b)
		if err != nil {
			return Image{}, err
		}
		system = append(system, spec)
	}
	programs, err := b.binaries(ctx, kubernetes)
	if err != nil {
		return Image{}, err
	}
	spec := Spec{
		Ref:  "hearth.local/e2e-node:" + KubernetesVersion,
		Base: []Layer{root},
		Files: []File{
			{Path: "/usr/bin/kubelet", From: filepath.Join(programs, "kubelet")},
			{Path: "/usr/bin/kubeadm", From: filepath.Join(programs, "kubeadm")},
			{Path: "/usr/bin/kubectl", From: filepath.Join(programs, "kubectl")},
			{Path: "/kind/version", Data: []byte(KubernetesVersion)},
			{Path: "/kind/manifests/default-storage.yaml", Data: []byte(storage())},
		},
		Config: v1.Config{
			Env:        []string{searchPath, "container=docker"}, // by which systemd knows that it runs in a container
			Entrypoint: []string{"/usr/local/bin/entrypoint", "/sbin/init"},
			StopSignal: "SIGRTMIN+3", // systemd's word for a clean halt
		},
	}
	return b.nodeImage(ctx, spec, system)
}

// Containerd returns a folder with the programs of a containerd that mounts images as volumes, from 2.1 on: Debian's in a
// node does not.
func (b *Builder) Containerd(ctx context.Context) (string, error) { return b.binaries(ctx, containerd) }

// nodeImage puts the system's images into the node's topmost layer as one archive, where they share their Debian layer.
func (b *Builder) nodeImage(ctx context.Context, spec Spec, system []Spec) (Image, error) {
	var recipe strings.Builder
	for _, s := range append([]Spec{spec}, system...) {
		one, err := b.recipe(s)
		if err != nil {
			return Image{}, err
		}
		fmt.Fprintln(&recipe, s.Ref, one)
	}
	dir, err := b.Artifact(ctx, Artifact{
		Name: "image-node", Version: KubernetesVersion, Recipe: recipe.String(), NeedMB: 4000,
		Build: func(_ context.Context, dir string) error {
			archive := filepath.Join(dir, "system.tar")
			if err := writeArchive(archive, system...); err != nil {
				return err
			}
			spec.Files = append(spec.Files, File{Path: "/kind/images.tar", From: archive})
			if err := writeArchive(filepath.Join(dir, "image.tar"), spec); err != nil {
				return err
			}
			return os.Remove(archive)
		},
	})
	if err != nil {
		return Image{}, err
	}
	return Image{Ref: spec.Ref, Tar: filepath.Join(dir, "image.tar")}, nil
}

// nodeRoot is Debian with the node's packages and kind's files.
func (b *Builder) nodeRoot(ctx context.Context) (Layer, error) {
	list := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", kindModule)
	var stderr bytes.Buffer
	list.Stderr = &stderr
	out, err := list.Output()
	if err != nil {
		return Layer{}, fmt.Errorf("finding module %s: %w %s; run this inside the checkout", kindModule, err, stderr.String())
	}
	dir := strings.TrimSpace(string(out))
	if dir == "" {
		return Layer{}, fmt.Errorf("module %s is not in the module cache; run: go mod download %s", kindModule, kindModule)
	}
	files := filepath.Join(dir, "images", "base", "files")
	return b.debian(ctx, debianRoot{
		name:     "node-root",
		packages: nodePackages,
		files: []File{
			{Path: "/etc", From: filepath.Join(files, "etc"), Mode: 0o644},
			{Path: "/kind", From: filepath.Join(files, "kind"), Mode: 0o644},
			{Path: "/kind/bin", From: filepath.Join(files, "kind", "bin"), Mode: 0o755},
			{Path: "/usr/local/bin", From: filepath.Join(files, "usr", "local", "bin"), Mode: 0o755},
			{Path: CNIPath, Data: cniConfig},
			{Path: "/etc/systemd/system/load-images.service", Data: loadImagesUnit},
			{Path: "/etc/systemd/system/kubelet.service.d/20-images.conf", Data: kubeletDropIn},
		},
		finish: nodeScript,
	})
}

// CNIPath is where a node built from source has the configuration of its network.
const CNIPath = "/etc/cni/net.d/10-hearth.conflist"

// CNIConfig is what belongs there on a node whose pods have another range of addresses than the first node's.
func CNIConfig(subnet string) []byte {
	return bytes.Replace(cniConfig, []byte("10.244.0.0/24"), []byte(subnet), 1)
}

// storage is the manifest that kind applies for the default StorageClass.
func storage() string {
	return strings.NewReplacer(
		"image: PROVISIONER", "image: docker.io/rancher/local-path-provisioner:"+localPathVersion, "HELPER", helperRef,
	).Replace(storageManifest)
}
