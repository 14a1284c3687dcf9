// Package fleet writes the bundle that Fleet deploys: fleet.yaml, what Fleet and
// kpt are not to read, and an example of the GitRepo.
package fleet
