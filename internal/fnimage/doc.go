// Package fnimage builds the container image of hearth-fn: the program compiled
// for each platform, alone in an image from scratch but for the two files that
// name nobody. It needs the go command and the module's sources, and no Docker.
//
// kustomize and kpt run function images as `--user nobody`, which Docker looks
// up in the image's own /etc/passwd: without one they fail with "unable to find
// user nobody".
package fnimage
