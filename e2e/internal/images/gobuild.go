package images

import (
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// recipes holds one module per program, named after it.
//
//go:embed recipes/*.txtar
var recipes embed.FS

// goProgram is built from a published Go module, statically linked.
type goProgram struct {
	// name is that of the recipe, version what a person reads in the cache; the recipe's go.mod pins the real one.
	name, version string
	// packages are the mains to build. Their last path elements name the binaries.
	packages []string
	// ldflags are for the linker, besides those that strip symbols.
	ldflags string
	// needMB is the disk the compilation takes, the compiler's cache included.
	needMB int64
}

// binaries returns the folder that holds the program's binaries.
func (b *Builder) binaries(ctx context.Context, p goProgram) (string, error) {
	recipe, err := recipes.ReadFile("recipes/" + p.name + ".txtar")
	if err != nil {
		return "", err
	}
	flags := []string{"build", "-trimpath", "-mod=readonly", "-ldflags", strings.TrimSpace("-s -w " + p.ldflags)}
	env := []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=" + architecture, "GOWORK=off", "GOFLAGS="}
	return b.Artifact(ctx, Artifact{
		Name:    p.name,
		Version: p.version,
		Recipe:  strings.Join([]string{string(recipe), fmt.Sprint(p.packages), fmt.Sprint(flags), fmt.Sprint(env)}, "\n"),
		NeedMB:  p.needMB,
		Build: func(ctx context.Context, dir string) error {
			source := filepath.Join(dir, "source")
			if err := os.Mkdir(source, 0o755); err != nil {
				return err
			}
			for _, file := range txtar.Parse(recipe).Files {
				if err := os.WriteFile(filepath.Join(source, file.Name), file.Data, 0o644); err != nil {
					return err
				}
			}
			// The output folder with a slash: go build then names each binary after its package.
			args := append(append(flags, "-o", dir+string(filepath.Separator)), p.packages...)
			if err := Run(ctx, source, env, "go", args...); err != nil {
				return err
			}
			return os.RemoveAll(source)
		},
	})
}
