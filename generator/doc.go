// Package generator turns a Stack into the files of a Kustomize tree and a
// Fleet bundle: bases/, overlays/, fleet.yaml, .fleetignore, .krmignore and an
// example GitRepo.
//
// It is pure: bytes and structs in, bytes out. It reads no disk, no clock, no
// network and no environment, and equal stacks give equal bytes.
//
//	stack, problems := generator.Load("hearth.yaml", data) // or Resolve, of a Stack built in Go
//	files, problems := generator.Generate(stack)
package generator
