package images

// Versions that belong together. kubeadm of Kubernetes names etcd and CoreDNS by exactly these tags
// ("kubeadm config images list"), and kind's configuration of containerd names the pause image.
const (
	// KubernetesVersion stays below 1.35, whose kubelet refuses to start on a host with cgroup v1.
	KubernetesVersion = "v1.34.4"
	etcdVersion       = "v3.6.5"
	coreDNSVersion    = "v1.12.1"
	pauseVersion      = "3.10"
	// containerdVersion is newer than Debian's, which mounts no images.
	containerdVersion = "v2.2.9"
	// localPathVersion is the newest that the module proxy serves.
	localPathVersion = "v0.0.30"
)

// stamp sets what "kubectl version" and the node's status report.
const stamp = "-X k8s.io/component-base/version."

// kubernetes is built in one go because its programs share most of their packages.
var kubernetes = goProgram{
	name:    "kubernetes",
	version: KubernetesVersion,
	packages: []string{
		"k8s.io/kubernetes/cmd/kube-apiserver", "k8s.io/kubernetes/cmd/kube-controller-manager",
		"k8s.io/kubernetes/cmd/kube-scheduler", "k8s.io/kubernetes/cmd/kube-proxy",
		"k8s.io/kubernetes/cmd/kubelet", "k8s.io/kubernetes/cmd/kubeadm", "k8s.io/kubernetes/cmd/kubectl",
	},
	ldflags: stamp + "gitVersion=" + KubernetesVersion + " " + stamp + "gitMajor=1 " + stamp + "gitMinor=34 " +
		stamp + "gitTreeState=clean " + stamp + "gitCommit=0 " + stamp + "buildDate=2026-01-01T00:00:00Z",
	needMB: 6000,
}

var (
	etcd      = goProgram{name: "etcd", version: etcdVersion, packages: []string{"go.etcd.io/etcd/server/v3"}, needMB: 1000}
	coreDNS   = goProgram{name: "coredns", version: coreDNSVersion, packages: []string{"."}, needMB: 1000}
	localPath = goProgram{
		name: "local-path-provisioner", version: localPathVersion, packages: []string{"github.com/rancher/local-path-provisioner"},
		ldflags: "-X main.VERSION=" + localPathVersion, needMB: 1000,
	}
	containerd = goProgram{
		name: "containerd", version: containerdVersion,
		packages: []string{
			"github.com/containerd/containerd/v2/cmd/containerd", "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2",
			"github.com/containerd/containerd/v2/cmd/ctr",
		},
		needMB: 1500,
	}
	pause = goProgram{name: "pause", version: pauseVersion, packages: []string{"."}, needMB: 100}
)
