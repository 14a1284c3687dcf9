package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/versions"
	"github.com/hearth-dev/hearth/sizing"
)

// sizeVerb says what models need.
type sizeVerb struct {
	settings  sizing.Settings
	cpu       amount
	memory    amount
	fits      amount
	bandwidth float64
	devices   int
	replicas  int
	crowd     sizing.Crowd
	vram      amount
	explain   bool
	ask       bool
	format    format
}

func newSize() *cobra.Command {
	v := &sizeVerb{}
	cmd := &cobra.Command{
		Use:   "size MODEL...|FILE.gguf",
		Short: "Work out what models need, and how fast they can be",
		Long: `Size works out what an Ollama pod with these models needs: the memory that it
takes at its peak and the limit above that, threads, the volume, and how many
tokens per second a memory bandwidth allows. It is the arithmetic that render
uses. Nothing is asked of a cluster, nor, without --from-registry, of a network.

A model is a name of the catalogue, as for ollama pull, or a GGUF file, whose
header is read. --from-registry asks the registry that the name is pulled from,
registry.ollama.ai unless the name has another host, such as hf.co: of the
weights it fetches the header alone, a few megabytes. What it prints for the
stack is the field modelSizes. Proxies are those of the environment.

With --fits size lists what a memory limit has room for, and the longest context
that it has room for then.

Memory grows with the context, times the requests that are answered in parallel.
--explain shows each part of it, with the numbers and where the formula is from.
With --accelerator-memory it divides the models between graphics processors and
the pod's own memory, as Ollama does: a model that does not fit is a warning.

With --people size works out how many pods write their answers, and how many at
the same time each, for one model, so that everybody reads --tps tokens in a
second: from what they ask, and from how fast --bandwidth lets the model be
read. Give the bandwidth of your machines; --memory is the most that one pod may
have.

Exit code 1 means that --memory is too little, or one answer alone too slow.`,
		Example: `  hearth size llama3.2:3b mistral:7b --cpu 4
  hearth size qwen3:8b --context-length 32768 --kv-cache-type q8_0 --explain
  hearth size --fits 8Gi --bandwidth 40
  hearth size qwen2.5:14b --accelerator-memory 12Gi
  hearth size llama3.2:3b --people 50 --tps 6 --bandwidth 40 --memory 16Gi
  hearth size ./model.gguf --memory 4Gi
  hearth size --from-registry qwen3:8b-q8_0 hf.co/owner/model-GGUF:Q4_K_M`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 && v.ask {
				return errors.New("--from-registry: name the models to ask for; see: hearth size --help")
			}
			if len(args) == 0 && v.fits == 0 {
				return errors.New("name a model or a GGUF file, or --fits; see: hearth size --help")
			}
			return nil
		},
		ValidArgsFunction: completeModel,
		RunE:              func(cmd *cobra.Command, args []string) error { return v.run(cmd, args) },
	}
	flags := cmd.Flags()
	flags.IntVar(&v.settings.ContextLength, "context-length", 4096, "the length of one request's context in `tokens`")
	flags.IntVar(&v.settings.NumParallel, "parallel", 1, "how many `requests` a model answers at the same time")
	flags.IntVar(&v.settings.MaxLoadedModels, "max-loaded", 1, "how many `models` are in memory at the same time")
	flags.StringVar(&v.settings.KVCacheType, "kv-cache-type", "f16", "the `format` of the KV cache: f16, q8_0 or q4_0")
	flags.StringVar(&v.settings.Version, "ollama-version", v1alpha1.OllamaVersion, "the `version` of Ollama: from 0.30 on it needs other memory")
	flags.Var(&v.cpu, "cpu", "the CPU limit, such as 4: says the threads")
	flags.Var(&v.memory, "memory", "a memory limit, such as 8Gi, that must be enough")
	flags.Var(&v.fits, "fits", "list what this memory limit has room for, such as 8Gi")
	flags.Var(&v.vram, "accelerator-memory", "the memory of each graphics processor, such as 8Gi: says what it holds")
	flags.IntVar(&v.devices, "accelerators", 1, "how many graphics `processors` of that memory there are")
	flags.Float64Var(&v.bandwidth, "bandwidth", 20, "how many `GB/s` the memory delivers; two channels of DDR4 about 20 to 40")
	flags.IntVar(&v.replicas, "replicas", 1, "how many `pods` there are, each with memory and a volume of its own")
	flags.IntVar(&v.crowd.People, "people", 0, "how many `people` are to be served: says the pods")
	flags.Float64Var(&v.crowd.Speed, "tps", sizing.ReadingSpeed, "how many `tokens` a second each is to read; people read 5")
	flags.Float64Var(&v.crowd.Questions, "questions", sizing.QuestionsPerHour, "how many `questions` an hour each asks")
	flags.IntVar(&v.crowd.Answer, "answer", sizing.AnswerTokens, "how many `tokens` an answer has")
	flags.BoolVar(&v.explain, "explain", false, "show each part with its formula and source")
	flags.BoolVar(&v.ask, "from-registry", false, "ask the registry of each name for the header of its weights")
	v.format.addFlag(cmd, "`text`, or json")
	complete(cmd, "kv-cache-type", v1alpha1.KVCacheType("").Values()...)
	cmd.MarkFlagsMutuallyExclusive("fits", "memory")
	cmd.MarkFlagsMutuallyExclusive("fits", "replicas")
	cmd.MarkFlagsMutuallyExclusive("fits", "context-length")
	for _, derived := range []string{"fits", "parallel", "replicas"} {
		cmd.MarkFlagsMutuallyExclusive("people", derived)
	}
	return cmd
}

func (v *sizeVerb) run(cmd *cobra.Command, args []string) error {
	if err := v.check(); err != nil {
		return err
	}
	if v.vram > 0 {
		v.settings.Devices = sizing.Devices{Count: v.devices, Memory: v.vram.bytes()}
		if !cmd.Flags().Changed("bandwidth") {
			v.bandwidth = 0 // the device's, which nobody has said
		}
	} else if cmd.Flags().Changed("accelerators") {
		return errors.New("--accelerators needs --accelerator-memory, the memory of each")
	}
	models, err := v.findModels(cmd, args)
	if err != nil {
		return err
	}
	if v.fits > 0 {
		if reason, _ := versions.Ollama.Unknown(v.settings.Version); reason != "" {
			fmt.Fprint(cmd.ErrOrStderr(), lines(cmd.ErrOrStderr(), "warning: ", reason))
		}
		return v.listFits(cmd.OutOrStdout(), models)
	}
	shape, err := v.shape(cmd, models)
	if err != nil {
		return err
	}
	if shape != nil && shape.Replicas > 0 {
		v.settings.NumParallel, v.replicas = shape.NumParallel, shape.Replicas
	}
	r := v.report(models)
	r.Shape = shape
	if err := v.write(cmd.OutOrStdout(), cmd.ErrOrStderr(), r); err != nil {
		return err
	}
	if !r.Enough || shape != nil && shape.Replicas == 0 {
		return errProblems
	}
	return nil
}

// check holds the flags to what a stack allows too.
func (v *sizeVerb) check() error {
	var problems []error
	between := func(flag string, n, from, to int) {
		if n < from || n > to {
			problems = append(problems, fmt.Errorf("--%s %d: want %d to %d", flag, n, from, to))
		}
	}
	between("context-length", v.settings.ContextLength, 256, 1<<20)
	between("parallel", v.settings.NumParallel, 1, v1alpha1.MostParallel)
	between("max-loaded", v.settings.MaxLoadedModels, 1, 32)
	between("replicas", v.replicas, 1, v1alpha1.MostReplicas)
	between("accelerators", v.devices, 1, 64)
	between("people", v.crowd.People, 0, 1_000_000)
	between("answer", v.crowd.Answer, 1, 1_000_000)
	positive := func(flag string, n float64, unit string) {
		if !(n > 0) || math.IsInf(n, 0) {
			problems = append(problems, fmt.Errorf("--%s %g: want %s above 0", flag, n, unit))
		}
	}
	positive("tps", v.crowd.Speed, "tokens a second")
	positive("questions", v.crowd.Questions, "questions an hour")
	positive("bandwidth", v.bandwidth, "GB/s")
	if kinds := v1alpha1.KVCacheType("").Values(); !slices.Contains(kinds, v.settings.KVCacheType) {
		problems = append(problems, fmt.Errorf("--kv-cache-type %s: want %s", v.settings.KVCacheType, strings.Join(kinds, ", ")))
	}
	if v.cpu > 0 && v.cpu.milli() < 1000 {
		problems = append(problems, fmt.Errorf("--cpu %s: want at least 1: a model that waits for its share of a core in every tick crawls", v.cpu.String()))
	}
	return errors.Join(problems...)
}

// amount is a flag for a Kubernetes quantity, in thousandths.
type amount int64

func (a *amount) String() string {
	if *a == 0 {
		return ""
	}
	return resource.NewMilliQuantity(int64(*a), resource.BinarySI).String()
}

// Type names the flag's value in the help.
func (a *amount) Type() string { return "quantity" }

// Set accepts what a stack accepts.
func (a *amount) Set(s string) error {
	var q v1alpha1.Quantity
	if err := q.UnmarshalText([]byte(s)); err != nil {
		return err
	}
	parsed := q.Parsed()
	if parsed.Sign() <= 0 || parsed.CmpInt64(1<<50) > 0 {
		return errors.New("want an amount, such as 4 or 8Gi")
	}
	*a = amount(parsed.MilliValue())
	return nil
}

func (a *amount) milli() int64 { return int64(*a) }

// bytes is a quantity of memory, rounded up.
func (a *amount) bytes() int64 { return (int64(*a) + 999) / 1000 }
