// Image builds the container image of hearth-fn and pushes it to a registry, or
// writes it to a file for `docker load`. It needs no Docker.
//
//	go run ./cmd/hearth-fn/image --push registry.example.org/hearth-fn:v0.1.0
//	go run ./cmd/hearth-fn/image --save hearth-fn.tar --name example.org/hearth-fn:v0.1.0
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/hearth-dev/hearth/internal/fnimage"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program as a function of its arguments and streams.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	flags.SetOutput(stderr)
	push := flags.String("push", "", "push the image for all platforms to this reference; credentials are those of docker login")
	save := flags.String("save", "", "write the image for this machine to a file for docker load")
	as := flags.String("name", "", "the reference that the image in the file has")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	var err error
	switch {
	case flags.NArg() > 0 || (*push == "") == (*save == "") || (*save == "") != (*as == ""):
		fmt.Fprintln(stderr, "image: want --push REFERENCE, or --save FILE --name REFERENCE; see --help")
		return 2
	case *push != "":
		err = pushTo(ctx, *push, stdout)
	default:
		err = saveTo(ctx, *save, *as)
	}
	if err != nil {
		fmt.Fprintln(stderr, "image:", err)
		return 1
	}
	return 0
}

// pushTo pushes the image for all platforms and prints what it is known by.
func pushTo(ctx context.Context, to string, stdout io.Writer) error {
	ref, err := name.ParseReference(to)
	if err != nil {
		return err
	}
	index, err := fnimage.Index(ctx, fnimage.Platforms()...)
	if err != nil {
		return err
	}
	if err := remote.WriteIndex(ref, index, remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain)); err != nil {
		return fmt.Errorf("pushing %s: %w", ref, err)
	}
	digest, err := index.Digest()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, ref.Context().Digest(digest.String()))
	return err
}

// saveTo writes the image of this machine's architecture.
func saveTo(ctx context.Context, file, as string) error {
	tag, err := name.NewTag(as)
	if err != nil {
		return err
	}
	image, err := fnimage.Image(ctx, v1.Platform{OS: "linux", Architecture: runtime.GOARCH})
	if err != nil {
		return err
	}
	return tarball.WriteToFile(file, tag, image)
}
