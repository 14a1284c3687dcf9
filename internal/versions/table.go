package versions

// What no tag means: what the two reference documents run, and the Caddy whose
// configuration is tested.
const (
	DefaultOllama    = "0.23.2"
	DefaultOpenWebUI = "0.9.4"
	DefaultCaddy     = "2.11.9"
)

// NativeTools is the first Open WebUI that hands each question the page's own tools,
// as the model's to call: Ollama refuses the question where the model takes none.
// Seen with 0.12.4, and read in main.py and utils/middleware.py.
const NativeTools = "0.10.0"

// Ollama by version. Its variables are those of envconfig/config.go of v0.13.0,
// .5, v0.14.0, v0.15.0, v0.16.0 to .2, v0.17.0 and .4, v0.18.0 and .3, v0.19.0,
// v0.20.0, v0.23.2, v0.24.0, v0.30.0 and .10, v0.31.0, v0.32.0 and .5, v0.33.0,
// v0.34.0 to .4. Where versions between two of these were not read, the first of
// them is said not to have a new variable. There is none from 0.25 to 0.29.
var Ollama = Program{
	Name: "Ollama", Image: "ollama/ollama",
	Default: DefaultOllama, Measured: "0.34.0", Oldest: "0.13", Newest: "0.34",
	Source: "envconfig/config.go of Ollama 0.13 to 0.34, and runs of 0.23.2 and 0.34.0",
	Releases: []Release{
		{Version: "0.13.0", Engine: OwnEngine},
		{Version: "0.30.0", Engine: LlamaServer, Changes: []string{
			"a llama-server of llama.cpp runs each model, and takes other memory",
			"the CPU limit no longer decides the threads: LLAMA_ARG_THREADS does",
			"earlier prompts are kept, 8 GiB for each model unless LLAMA_ARG_CACHE_RAM says less",
			"a model that does not fit is no longer refused: its process is killed",
		}},
		{Version: "0.30.10", Changes: []string{"prompt_eval_count has the tokens that were kept of an earlier prompt, too: it gives no speed of reading"}},
		{Version: "0.33.0", Changes: []string{"repeat_penalty is 1.0 by default, 1.1 before: a small model may not come to an end"}},
	},
	Variables: []Variable{
		{Name: "LLAMA_API_KEY", First: "0.30.0"},
		{Name: "LLAMA_ARG_", First: "0.30.0"}, // llama-server's own, which Ollama hands on to it
		{Name: "OLLAMA_AUTH"},
		{Name: "OLLAMA_CONTEXT_LENGTH"},
		{Name: "OLLAMA_CREATE_REMOTE", First: "0.34.1"},
		{Name: "OLLAMA_DEBUG"},
		{Name: "OLLAMA_DEBUG_LOG_REQUESTS", First: "0.18.3"},
		{Name: "OLLAMA_EDITOR", First: "0.16.0"},
		{Name: "OLLAMA_FLASH_ATTENTION"},
		{Name: "OLLAMA_GO_TEMPLATE", First: "0.30.0"},
		{Name: "OLLAMA_GPU_OVERHEAD"},
		{Name: "OLLAMA_HOST"},
		{Name: "OLLAMA_IGPU_ENABLE", First: "0.30.0"},
		{Name: "OLLAMA_KEEP_ALIVE"},
		{Name: "OLLAMA_KV_CACHE_TYPE"},
		{Name: "OLLAMA_LLM_LIBRARY"},
		{Name: "OLLAMA_LOAD_TIMEOUT"},
		{Name: "OLLAMA_MAX_LOADED_MODELS"},
		{Name: "OLLAMA_MAX_QUEUE"},
		{Name: "OLLAMA_MAX_TRANSFER_STREAMS", First: "0.24.0"},
		{Name: "OLLAMA_MODELS"},
		{Name: "OLLAMA_MULTIUSER_CACHE", Last: "0.24"},
		{Name: "OLLAMA_NEW_ENGINE", Last: "0.24"},
		{Name: "OLLAMA_NOHISTORY"},
		{Name: "OLLAMA_NOPRUNE"},
		{Name: "OLLAMA_NO_CLOUD", First: "0.16.2"},
		{Name: "OLLAMA_NUM_PARALLEL"},
		{Name: "OLLAMA_ORIGINS"},
		{Name: "OLLAMA_REMOTES"},
		{Name: "OLLAMA_SCHED_SPREAD"},
		{Name: "OLLAMA_VULKAN"},
	},
}

// OpenWebUI by version. The migrations are counted in the wheels of PyPI, each of
// 0.9.4 to 0.12.4, and there its variables are looked for. The 24 from 0.9.4 to 0.12.4 were run, and
// 0.9.4 then did not start: "Can't locate revision". What 0.11.4 changed is its
// change log's word, and was seen with 0.12.4.
var OpenWebUI = Program{
	Name: "Open WebUI", Image: "open-webui/open-webui",
	Default: DefaultOpenWebUI, Measured: "0.12.4", Oldest: "0.9", Newest: "0.12",
	Counted: [2]string{"0.9.4", "0.12.4"},
	Source:  "migrations/versions and what each module asks the environment for, in each wheel of Open WebUI from 0.9.4 to 0.12.4, and runs of these two",
	Releases: []Release{
		{Version: "0.9.6", Migrations: 2},
		{Version: NativeTools, Migrations: 4, Changes: []string{
			"models are handed tools to call by themselves (native), and one that takes none answers nothing, unless the parameter function_calling is legacy: hearth sets that for all models, and DEFAULT_MODEL_PARAMS in openWebUI.env decides otherwise",
		}},
		{Version: "0.11.0", Migrations: 7, Before: "two accounts whose e-mail addresses differ only in case are no longer allowed: change one of them before, or the migration stops"},
		{Version: "0.11.1", Migrations: 3},
		{Version: "0.11.4", Changes: []string{
			"a streamed answer of the API that fails on the way ends with a piece that holds the error, and [DONE], where the connection ended before: a program that reads the stream has to look for error",
		}},
		{Version: "0.12.0", Migrations: 6, Changes: []string{
			"the arena's models are not listed, unless ENABLE_EVALUATION_ARENA_MODELS is True (the default before)",
		}},
		{Version: "0.12.1", Migrations: 2},
		{Version: "0.12.4", Changes: []string{"the public image is Python 3.12 on Debian 13"}},
	},
	Variables: openWebUIVariables(),
}

// Caddy is the proxy that asks programs for their keys, known as far as its
// configuration was run.
var Caddy = Program{
	Name: "Caddy", Image: "library/caddy",
	Default: DefaultCaddy, Measured: DefaultCaddy, Oldest: "2.11", Newest: "2.11",
	Source: "runs of 2.11.9",
}
