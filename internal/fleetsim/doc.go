// Package fleetsim does to a folder what Fleet does to it, without a cluster:
// it finds the bundles, packs their files, picks the options of a cluster, and
// builds what the agent there would apply.
//
// A folder goes in as an [io/fs.FS]; [Open] returns its bundles, and
// [Bundle.Deploy] the objects one cluster gets. [Lint] names what Fleet accepts
// in silence and a person would not want.
//
// It follows the source of Fleet v0.16, faults included: a fault that Fleet has
// is the reason to simulate it. It never touches a cluster, a registry or the
// disk, and leaves out what hearth never writes: Helm charts, yaml.overlays,
// imageScans, and the labels and annotations Fleet adds to each object.
//
// fleet.yaml is checked against Fleet's own JSON Schema by package
// internal/validate. A test holds it against Google's evaluator. The schema names
// the dialect 2020-12, and has no keyword that draft 4 has not but $defs, which is
// read here.
package fleetsim
