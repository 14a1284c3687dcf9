package images

import (
	"context"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// CSIDriver is the name of the driver in the image of [Builder.CSIDriver], with volumes and snapshots that are folders.
const CSIDriver = "folders.csi.hearth.dev"

// CSIDriverRef is that image's reference. Nobody publishes it.
const CSIDriverRef = "hearth.local/csi-folders:v1"

// csiFolders is written here: the module proxy serves no driver with snapshots.
var csiFolders = goProgram{name: "csi-folders", version: "v1", packages: []string{"."}, needMB: 500}

// CSIDriver returns an image of the driver, which needs root, and the node's folders.
func (b *Builder) CSIDriver(ctx context.Context) (Image, error) {
	dir, err := b.binaries(ctx, csiFolders)
	if err != nil {
		return Image{}, err
	}
	return b.FromFiles(ctx, Spec{
		Ref:    CSIDriverRef,
		Files:  []File{{Path: "/csi-folders", From: filepath.Join(dir, "csi-folders"), Mode: 0o755}},
		Config: v1.Config{Entrypoint: []string{"/csi-folders"}},
	})
}

// CSIProvisioner makes volumes of claims, and of the snapshots that they name.
func CSIProvisioner() Addon {
	m := Module{
		Path: "github.com/kubernetes-csi/external-provisioner/v6", Version: "v6.4.0", Sum: "h1:zU5e23gjdbT4j23E2het91Nalzj/bwZbt7yAAoYz/2g=",
	}
	return Addon{
		Module: m, Ref: "registry.k8s.io/sig-storage/csi-provisioner:" + m.Version,
		program: moduleProgram{Module: m, name: "csi-provisioner", needMB: 2000},
	}
}

// SnapshotController makes snapshots of what a VolumeSnapshot asks for.
func SnapshotController() Addon { return snapshotter("snapshot-controller") }

// CSISnapshotter asks a driver for a snapshot.
func CSISnapshotter() Addon { return snapshotter("csi-snapshotter") }

// SnapshotClient has the custom resources of snapshots.
func SnapshotClient() Module {
	return Module{
		Path: "github.com/kubernetes-csi/external-snapshotter/client/v8", Version: "v8.7.0", Sum: "h1:HVaSUeRRHPu49aSiL8eXOjS9Re9G6pM0NzdTGI7mM14=",
	}
}

// snapshotter is a program of the external snapshotter's, whose go.mod looks for its client beside it, where a module does
// not bring it.
func snapshotter(name string) Addon {
	client := SnapshotClient()
	m := Module{
		Path: "github.com/kubernetes-csi/external-snapshotter/v8", Version: "v8.7.0", Sum: "h1:sYxyBXffG+pc2QfvFkP6uJqtYVFVRvkrxAHi8WjD5fU=",
	}
	replace := "replace " + client.Path + " => "
	const first = "cel.dev/expr v0.25.3/go.mod " // any line of go.sum
	return Addon{
		Module: m, Ref: "registry.k8s.io/sig-storage/" + name + ":" + m.Version,
		program: moduleProgram{Module: m, name: name, needMB: 2000, changes: []change{
			{file: "go.mod", old: replace + "./client", new: replace + client.Path + " " + client.Version},
			{file: "go.sum", old: first, new: client.Path + " " + client.Version + " " + client.Sum + "\n" +
				client.Path + " " + client.Version + "/go.mod h1:DexNTSbOZELjTVUO7li3hP8cX3Di7lXy9+dwI6TW2TU=\n" + first},
		}},
	}
}

// SnapshotAddons are what a cluster needs for snapshots, besides the driver.
func SnapshotAddons() []Addon {
	return []Addon{CSIProvisioner(), CSISnapshotter(), SnapshotController()}
}
