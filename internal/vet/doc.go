// Package vet looks through rendered Kubernetes objects for what would break,
// or stand open, once they are applied: objects in, findings out.
//
// A [Rule] is a row: an id, why it is there, what to do about it, and a
// function. Some rows stand for programs of others: the schemas' dialect is
// kubeconform's, their engine the API server's, Pod Security is judged by
// Kubernetes' own evaluator, names and labels by its own validation.
//
// [Checker.Check] knows nothing but the objects, wherever they come from: an
// overlay of a Stack ([Checker.Stack]), any folder of kustomize ([Folder]), YAML
// that something else rendered ([Decode]), or a cluster that package live has read
// ([Checker.Cluster]). It touches neither a cluster nor the network.
//
// Clean is a promise about what nobody decided. What a stack says by a field
// that is named for it, such as expose.dangerouslyUnauthenticated or limits.cpu:
// none, is a warning and never silent: its author knows, the next reader may
// not. Of an open route the field counts, which only an overlay of a Stack has:
// the annotation hearth.dev/allows, which anybody can write, does not. An
// exception, with its reason, accepts either.
//
// kubeconform itself (github.com/yannh/kubeconform) takes its schemas from
// files or a server only, and a KRM function has neither; package
// internal/validate holds objects against schemas that are compiled in. Decision
// 17 says why by the API server's validator. A test holds it against kubeconform
// and against Google's evaluator, over thousands of broken objects.
//
// Rejected for the rules: kube-linter, which is not to be had as a module; datree
// and polaris, whose rules need a server; kube-score, which does not build with
// our version of Kubernetes' libraries and asks for what harms a pod with a
// volume for one node (it judges from outside, see docs/vet.md); an OPA or CEL
// engine, since rules that compare several objects are shorter in Go.
package vet
