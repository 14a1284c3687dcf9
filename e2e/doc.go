// Package e2e proves on a real kind cluster that the committed e2e-kind overlay does what hearth promises: a real Ollama
// pulls a real model, answers, and is as fast as outside the cluster.
//
// The tests of the gate run only with E2E=1 and need Docker; then anything that is missing is a failure that says how to get it. They
// make a cluster of their own with a kubeconfig in a temporary folder and delete it again, also after Ctrl-C. What failed
// leaves logs, events and descriptions in a folder that is named in the output.
//
// HEARTH_E2E_IMAGES says where images come from: pull (the default) takes the published node and Ollama images, source
// builds all of them from Go modules, Debian and PyPI, for machines without a container registry.
//
// What a test deploys is of the versions that the reference documents run, Ollama 0.23.2 and Open WebUI 0.9.4, which is what no tag
// means in a stack. [TestSmoke] runs with these in the gate, and with E2E=full with them and with the newest pair, 0.34.0 and
// 0.12.4, by the same parts.
//
// E2E=full (make e2e-full) runs in place of these what the gate has no time for: [TestChat] uses the chat in a real browser,
// through an ingress; [TestFaults] deletes pods, kills processes, restarts the node and fills a volume, and changes and removes
// what is deployed; [TestDoors] asks real controllers who gets in; [TestHomes] runs what people bring
// from the deployments that they had; [TestLoadBalancer] asks Ollama by an address of MetalLB's; [TestPool] has a chat look at two
// Ollamas where policies are enforced; [TestDatabase] has one keep its data on PostgreSQL, and [TestChats] has two pods of one meet there; package dryrun shows everything that is rendered to an API server. Most write a report to
// docs/reports.
package e2e
