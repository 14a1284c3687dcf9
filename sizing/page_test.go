package sizing

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hearth-dev/hearth/internal/testing/pagetest"
	"github.com/hearth-dev/hearth/internal/versions"
)

var update = flag.Bool("update", false, "rewrite the tables in docs/sizing.md")

// The page's tables are made from the constants and the catalogue, between two
// comments each.
func TestPage(t *testing.T) {
	pagetest.Tables(t, "../docs/sizing.md", "go test ./sizing -run Page -update", *update,
		map[string]string{"numbers": numberTable(), "models": modelTable(), "check": checkTable(), "devices": deviceTable(), "releases": releaseTable()})
}

// The page by people, likewise.
func TestPeoplePage(t *testing.T) {
	pagetest.Tables(t, "../docs/people.md", "go test ./sizing -run Page -update", *update, map[string]string{"shapes": shapeTable()})
}

// shapeTable is the shape for people by model and memory.
func shapeTable() string {
	memories := []struct {
		name      string
		bandwidth float64 // GB/s
		devices   Devices
	}{
		{"two channels of DDR4, 40 GB/s", 40, Devices{}},
		{"eight channels of DDR5, 300 GB/s", 300, Devices{}},
		{"graphics processor of 16 GiB, 450 GB/s", 450, Devices{Count: 1, Memory: 16 << 30}},
		{"graphics processor of 80 GiB, 3350 GB/s", 3350, Devices{Count: 1, Memory: 80 << 30}},
	}
	crowds := []int{1, 5, 20, 100, 300, 1000}
	var b strings.Builder
	b.WriteString("| model | memory |")
	b.WriteString(" 1 person |")
	for _, n := range crowds[1:] {
		fmt.Fprintf(&b, " %d people |", n)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(crowds)) + "\n")
	for _, name := range []string{"llama3.2:3b", "llama3.1:8b", "qwen3:30b", "llama3.3:70b"} {
		m, _ := Lookup(name)
		for _, memory := range memories {
			fmt.Fprintf(&b, "| `%s` | %s |", name, memory.name)
			for _, n := range crowds {
				s := ShapeFor(m, Settings{Version: "0.34.0", Devices: memory.devices},
					Crowd{People: n, Questions: QuestionsPerHour, Answer: AnswerTokens, Speed: ReadingSpeed}, memory.bandwidth*1e9, 0, 64)
				switch {
				case s.Replicas == 0:
					b.WriteString(" - |")
				case s.Replicas > 64:
					fmt.Fprintf(&b, " %d pods |", s.Replicas)
				default:
					fmt.Fprintf(&b, " %d × %d |", s.Replicas, s.NumParallel)
				}
			}
			b.WriteString("\n")
		}
	}
	return b.String()
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

// releaseTable says which versions of Ollama run models in another way.
func releaseTable() string {
	var b strings.Builder
	b.WriteString("| from | what changes |\n|---|---|\n")
	for _, r := range versions.Ollama.Releases {
		for _, change := range r.Changes {
			fmt.Fprintf(&b, "| %s | %s |\n", r.Version, change)
		}
	}
	return b.String()
}

// deviceTable says what is where beside a graphics processor.
func deviceTable() string {
	var b strings.Builder
	b.WriteString("| part | where | source |\n|---|---|---|\n")
	for _, row := range [][3]string{
		{"weights and KV cache of the layers that fit, the output layer if all do", "devices", "`createLayout` in `llm/server.go` of 0.13 to 0.24; from 0.30 on `--fit` of llama-server"},
		{"the buffer of one batch", "each device, and the processor for its part", "`GraphSize` in `fs/ggml/ggml.go`, `graph_reserve` in `llama-context.cpp`"},
		{"an image's graph", "the first device", "`projectorGPU` in `llm/server.go`"},
		{fmt.Sprintf("%d MiB of context", contextBytes/mib), "each device and model", "`MinimumMemory` in `ml/device.go`"},
		{"a layer to spare, before 0.30 in llama.cpp", "each device", "`(*llamaServer).Load` in `llm/server.go`"},
		{fmt.Sprintf("%d MiB left free, from 0.30 on; `OLLAMA_GPU_OVERHEAD` before", fitMarginBytes/mib), "each device", "`--fit-target` of llama-server, which Ollama leaves at its default"},
		{fmt.Sprintf("%d %% of its memory, for the driver", 100-deviceUsable), "each device", "an H100 of 80 GiB has 78.7 (ollama#10061)"},
		{"the token embedding, and the layers that do not fit", "processor", "`InputWeights` in `llm/server.go`"},
		{"prompt cache, checkpoints, file cache, runtime, server", "processor", "as without a device"},
		{fmt.Sprintf("%d MiB for the driver's libraries", driverBytes/mib), "processor, each model", "assumed, not measured; a limit is not refused for them"},
	} {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", row[0], row[1], row[2])
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
