package sizing

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hearth-dev/hearth/internal/testing/pagetest"
)

var update = flag.Bool("update", false, "rewrite the tables in docs/sizing.md")

// The page's tables are made from the constants and the catalogue, between two
// comments each.
func TestPage(t *testing.T) {
	pagetest.Tables(t, "../docs/sizing.md", "go test ./sizing -run Page -update", *update,
		map[string]string{"numbers": numberTable(), "models": modelTable(), "check": checkTable()})
}

// numberTable says how each number of a pod follows from its models.
func numberTable() string {
	step := limitStep / mib
	var b strings.Builder
	b.WriteString("| number | is |\n|---|---|\n")
	for _, row := range [][2]string{
		{"required memory", "the terms of the largest `maxLoadedModels` models together, and the server"},
		{"memory limit", fmt.Sprintf("required and %d %%, rounded up to %d MiB: a container at its limit is killed", headroom, step)},
		{"memory request", fmt.Sprintf("required, rounded up to %d MiB, so that the node keeps it free", step)},
		{"volume, at least", fmt.Sprintf("the models on disk and %d %%", volumeTight-100)},
		{"volume, comfortable", fmt.Sprintf("the models on disk and %d %%, and the largest model once more: an update holds old and new", volumeRoomy-100)},
		{"threads", "the whole cores of the CPU limit, at least one"},
		{"progress deadline", fmt.Sprintf("%d minutes, and the models at %d Mbit/s", pullStart/time.Minute, pullRate*8/1_000_000)},
		{"`OLLAMA_LOAD_TIMEOUT`", fmt.Sprintf("%d minutes, or the largest model at %d MB/s", loadDefault/time.Minute, loadRate/1_000_000)},
	} {
		fmt.Fprintf(&b, "| %s | %s |\n", row[0], row[1])
	}
	return b.String()
}

// modelTable is what each known model needs alone, at the defaults.
func modelTable() string {
	var b strings.Builder
	b.WriteString("| model | on disk | context | limit | volume | figures |\n|---|---|---|---|---|---|\n")
	for _, m := range Catalogue() {
		one := []Model{m}
		fmt.Fprintf(&b, "| `%s` | %s | %d | %d MiB | %d GiB | %s |\n", m.Name, MiB(m.DiskBytes), m.ContextLimit,
			Memory(one, Settings{Version: "0.23.2"}).Limit/mib, Storage(one).Comfortable>>30, m.Evidence)
	}
	return b.String()
}
