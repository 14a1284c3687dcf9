// Package cgroup reads how much memory a process's control group uses, by either version of the kernel's interface, and keeps
// the highest that it saw.
//
// It makes no group and sets no limit: a container runtime does both.
package cgroup
