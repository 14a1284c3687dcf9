package sizing

// mistral are Mistral's models and those made of them.
var mistral = []Model{
	{
		Name: "devstral:24b", Tags: []string{"latest"}, Architecture: "llama",
		Parameters: 23_600_000_000, Quantization: "Q4_K_M", DiskBytes: 14_333_927_918,
		Layers: 40, KVHeads: 8, KeyLength: 128, ValueLength: 128,
		Heads: 32, Embedding: 5120, FeedForward: 32768, Vocab: 131072, ContextLimit: 131072,
		Evidence: Computed, Source: transformers + "mistral3/configuration_mistral3.py" + " " + "https://github.com/thushan/olla",
	},
	{
		Name: "llava:13b", Architecture: "llama",
		Parameters: 13_015_864_320, Quantization: "Q4_0", DiskBytes: 8_011_256_494, VisionBytes: clip, FlashVisionBytes: clipFlash,
		Layers: 40, KVHeads: 40, KeyLength: 128, ValueLength: 128,
		Heads: 40, Embedding: 5120, FeedForward: 13824, Vocab: 32000, ContextLimit: 4096,
		Digest:   "sha256:0d0eb4d7f485d7d0a21fd9b0c1d5b04da481d2150a097e81b64acb59758fdef6",
		Evidence: Computed, Source: litgpt + " " + "https://huggingface.co/liuhaotian/llava-v1.6-vicuna-13b/blob/main/config.json",
	},
	{
		Name: "llava:7b", Tags: []string{"latest"}, Architecture: "llama",
		Parameters: 7_241_732_096, Quantization: "Q4_0", DiskBytes: 4_733_363_377, VisionBytes: clip, FlashVisionBytes: clipFlash,
		Layers: 32, KVHeads: 8, KeyLength: 128, ValueLength: 128,
		Heads: 32, Embedding: 4096, FeedForward: 14336, Vocab: 32000, ContextLimit: 32768,
		Digest:   "sha256:8dd30f6b0cb19f555f2c7a7ebda861449ea2cc76bf1f44e262931f45fc81d081",
		Evidence: Computed, Source: litgpt + " " + demos,
	},
	{
		Name: "mistral-nemo:12b", Tags: []string{"latest"}, Architecture: "llama",
		Parameters: 12_200_000_000, Quantization: "Q4_0", DiskBytes: 7_071_713_227,
		Layers: 40, KVHeads: 8, KeyLength: 128, ValueLength: 128,
		Heads: 32, Embedding: 5120, FeedForward: 14336, Vocab: 131072, ContextLimit: 1024000,
		Digest:   "sha256:e7e06d107c6c86ed0cf45445f1790720b5092149c4c95f4d965844e9afbfdc89",
		Evidence: Computed, Source: "https://github.com/kevinstephano/thunder_model_blocks/blob/main/thunder_model_blocks/mistral/mistral_config.py",
	},
	{
		Name: "mistral-small:24b", Tags: []string{"latest", "24b-instruct-2501-q4_K_M"}, Architecture: "llama",
		Parameters: 23_600_000_000, Quantization: "Q4_K_M", DiskBytes: 14_333_921_662,
		Layers: 40, KVHeads: 8, KeyLength: 128, ValueLength: 128,
		Heads: 32, Embedding: 5120, FeedForward: 32768, Vocab: 131072, ContextLimit: 32768,
		Digest:   "sha256:8039dd90c1138d772437a0779a33b7349efd5d9cca71edcd26e4dd463f90439d",
		Evidence: Computed, Source: "https://github.com/mostlygeek/llama-swap/issues/35" + " " + transformers + "mistral3/configuration_mistral3.py",
	},
	{
		Name: "mistral:7b", Tags: []string{"latest", "7b-instruct"}, Architecture: "llama",
		Parameters: 7_250_000_000, Quantization: "Q4_K_M", DiskBytes: 4_372_824_384,
		Layers: 32, KVHeads: 8, KeyLength: 128, ValueLength: 128,
		Heads: 32, Embedding: 4096, FeedForward: 14336, Vocab: 32768, ContextLimit: 32768,
		Digest:   "sha256:6577803aa9a036369e481d648a2baebb381ebc6e897f2bb9a766a2aa7bfbc1cf",
		Evidence: Read, Source: litgpt,
	},
	{
		Name: "mixtral:8x7b", Tags: []string{"latest"}, Architecture: "llama",
		Parameters: 46_702_792_704, Active: 12_880_000_000, Quantization: "Q4_0", DiskBytes: 26_438_000_000,
		Layers: 32, KVHeads: 8, KeyLength: 128, ValueLength: 128,
		Heads: 32, Embedding: 4096, FeedForward: 28672, Vocab: 32000, ContextLimit: 32768,
		ExpertsUsed: 2, ExpertBytes: 8 * 4096 * 14336 * 18 / 32,
		Digest:   "sha256:a3b6bef0f836ff29ddb576a80eeb1b7def43ec9b809466f62e96adb871fe8498",
		Evidence: Computed, Source: testdata + "Mixtral-8x7B-Instruct-v0.1.json" + " " + litgpt,
	},
}
