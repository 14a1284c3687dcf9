// Package docker asks the Docker daemon of this machine for the few things that kind's library does not: whether it
// answers, which images it has, and which containers. It starts no daemon; .ci/needs.sh does.
package docker
