// Command calibrate measures what Ollama really needs and holds hearth's sizing against it.
//
//	go run ./e2e/calibrate memory    the peak of memory, over models, contexts, parallel requests and types of the KV cache
//	go run ./e2e/calibrate limits    what happens under a limit that hearth refuses
//	go run ./e2e/calibrate threads   tokens per second by threads and CPU limit, in less than five minutes
//	go run ./e2e/calibrate parallel  tokens per second by answers at the same time, in five minutes
//	go run ./e2e/calibrate page      docs/calibration.md and its plots, from testdata/0.23.2.json
//
// All but page need Docker and run Ollama's image, built from its module, in a container and so in control groups of its
// own. They write what they saw into testdata/VERSION.json and then the page of that
// version; --ollama 0.34.0 measures the newest, whose engine is built from llama.cpp's source. A row that was measured before is measured
// again and replaced. The package's tests need no Docker: they hold the page to the figures and sizing to its promise.
package main
