package sizing

import "slices"

// litgpt lists the shapes of published models, each beside the address of the
// config.json that it was read from.
const litgpt = "https://github.com/Lightning-AI/litgpt/blob/0006c973aa7d6ace293e2a5fedaf1f8f804f960c/litgpt/config.py"

// testdata holds GGUF's keys of published models, as Ollama converts them.
const testdata = "https://github.com/ollama/ollama/blob/v0.23.2/convert/testdata/"

// demos prints /api/tags of a server with 37 models.
const demos = "https://github.com/attogram/ollama-bash-lib"

// The defaults of transformers' configurations, each of the model that it names.
const (
	transformers = "https://github.com/huggingface/transformers/blob/v4.57.1/src/transformers/models/"
	gemma3n      = transformers + "gemma3n/configuration_gemma3n.py"
	qwen3vl      = transformers + "qwen3_vl/configuration_qwen3_vl.py"
)

const (
	// clip is the graph of one image in CLIP's ViT-L/14 at 336 pixels: 577 patches
	// through its widest layer, and the scores of each with every other.
	clip = clipFlash + 4*16*577*577
	// clipFlash is the same without the scores; siglip is llama-server's of SigLIP at
	// 896 pixels, 4096 patches: its log says 121 MiB.
	clipFlash = 4 * 577 * (4096 + 6*1024)
	siglip    = 4 * 4096 * (4304 + 4*1152)
	// qwen25Flash is llama-server's: 4096 tokens of four patches, and a mask of
	// which patch sees which, as four bytes and cast to two.
	qwen25Flash = 4*16384*(3420+6*1280) + 6*16384*16384
	// qwen25Image is the graph of one image of the 2 << 20 pixels that Ollama
	// allows: the scores of each patch with every other in 16 heads, 6.7 GiB as
	// logged. Without flash attention, which its own attention does not use
	// (model/models/qwen25vl/model_vision.go of v0.23.2).
	qwen25Image = 67 << 30 / 10
	// qwen3Image is 2048 x 2048 pixels in patches of 16 through the widest layer;
	// with flash attention, so that no scores stand in memory.
	qwen3Image = 4 * 16384 * (4304 + 6*1152)
	// qwen35State is what 24 gated delta nets keep: three tokens of 8192 numbers
	// before the convolution, and 32 heads of 128 x 128.
	qwen35State = 24 * 4 * (3*8192 + 32*128*128)
)

// catalogue lists the known models; nobody changes it. No row is from memory. A
// row's Source says where its shape can be read; its DiskBytes and Digest are what
// /api/tags says of the model, and the registry's manifest can be asked for both
// (Manifest). Sizes and digests were read in public copies of /api/tags, the
// registry being out of reach of whoever wrote the row. Shapes are held to the
// number of parameters that a model has, and sizes to what its number format
// makes of them (docs/sizing.md).
//
// Computed rows lack a figure in these sources: the shape, where a model is made
// of another one that has a row; TiedBytes, the vocabulary times the embedding in
// the number format that llama.cpp's quantizer gives that tensor, Q6_K, or Q8_0
// where the row is no multiple of 256; VisionBytes; or DiskBytes, from the shape.
var catalogue = slices.Concat(gemma, llama, mistral, qwen, others, embedders)
