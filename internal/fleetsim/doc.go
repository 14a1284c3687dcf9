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
// fleet.yaml is checked against Fleet's own JSON Schema with
// github.com/santhosh-tekuri/jsonschema/v6, kubeconform's engine; a test holds
// it against Google's. Rejected: xeipuuv/gojsonschema knows drafts up to 7, the
// schema is of 2020-12; qri-io/jsonschema stops at 2019-09;
// google/jsonschema-go reports the first violation only, we report all.
package fleetsim
