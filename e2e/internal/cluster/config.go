package cluster

import (
	"context"
	"errors"
	"path/filepath"

	"sigs.k8s.io/kind/pkg/apis/config/v1alpha4"

	"github.com/hearth-dev/hearth/e2e/internal/docker"
	"github.com/hearth-dev/hearth/e2e/internal/docker/capability"
	"github.com/hearth-dev/hearth/e2e/internal/images"
)

// podSubnet is kind's default; the CNI configuration in a node built from source relies on it.
const podSubnet = "10.244.0.0/16"

// restrictScore lets containerd clamp a pod's score for the out-of-memory killer to what it may set itself. The name of
// the table is that of configuration version 2, which newer containerds translate.
const restrictScore = `[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true`

// nodeConfig describes the cluster to kind: one node, and only such exceptions as the mode and the host need.
func nodeConfig(ctx context.Context, daemon docker.Daemon, o Options) (*v1alpha4.Cluster, error) {
	if o.Mode == Pull && daemon.CgroupVersion == "1" {
		return nil, errors.New("mode pull runs kind's default node, whose kubelet (1.35 and later) refuses cgroup v1, and this host has no other; use " +
			ModeVariable + "=" + string(Source))
	}
	image, err := nodeImage(ctx, daemon, o)
	if err != nil {
		return nil, err
	}
	config := &v1alpha4.Cluster{
		FeatureGates: map[string]bool{},
		Nodes:        []v1alpha4.Node{{Role: v1alpha4.ControlPlaneRole, Image: image}},
		Networking: v1alpha4.Networking{
			PodSubnet: podSubnet,
			// A node built from source brings a static CNI configuration instead of kind's daemon. It connects pods but
			// enforces no NetworkPolicy; kind's daemon does.
			DisableDefaultCNI: o.Mode == Source,
		},
	}
	if o.ImageVolumes {
		config.FeatureGates["ImageVolume"] = true
		if config.Nodes[0].ExtraMounts, err = newerContainerd(ctx, o); err != nil {
			return nil, err
		}
	}
	granted, err := capability.Host()
	if err != nil {
		return nil, err
	}
	if !granted.Has(capability.SysResource) {
		// Without the capability the kubelet cannot set kernel parameters, nor containerd a negative score. Both tolerate
		// that when they think that they run in a user namespace.
		config.FeatureGates["KubeletInUserNamespace"] = true
		config.ContainerdConfigPatches = []string{restrictScore}
	}
	return config, nil
}

// newerContainerd are the programs that stand in the place of Debian's in a node that is built from source.
func newerContainerd(ctx context.Context, o Options) ([]v1alpha4.Mount, error) {
	if o.Mode != Source {
		return nil, nil
	}
	builder, err := images.NewBuilder(o.Out)
	if err != nil {
		return nil, err
	}
	dir, err := builder.Containerd(ctx)
	if err != nil {
		return nil, err
	}
	var mounts []v1alpha4.Mount
	for _, program := range []string{"containerd", "containerd-shim-runc-v2", "ctr"} {
		mounts = append(mounts, v1alpha4.Mount{HostPath: filepath.Join(dir, program), ContainerPath: "/usr/bin/" + program, Readonly: true})
	}
	return mounts, nil
}
