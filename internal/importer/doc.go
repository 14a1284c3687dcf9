// Package importer makes a Stack of what people run already: values of the charts
// otwld/ollama-helm, open-webui/open-webui and bjw-s' app-template, alone or in
// Flux' HelmReleases and Argo CD's Applications, and plain manifests. Files in, a
// hearth.yaml and a report out; it touches no disk, no network and no cluster, and
// knows the charts' values as data alone.
//
// Nothing is dropped silently, by construction: a source is a tree ([Node]), and
// every leaf of it carries exactly one [Row] of the report. Who reads a leaf says
// what became of it; what nobody read is not expressible. A row that says
// [Carried] names the field, and a test changes each such value and sees the file
// change.
//
// What is written is judged by hearth's own rules before anybody sees it: a value
// that they refuse is replaced or left out, and its row has the rule's words.
package importer
