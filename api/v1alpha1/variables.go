package v1alpha1

import "slices"

// OllamaVariables are the names of environment variables that Ollama's server
// reads, as of the version that hearth deploys; the caller owns the slice.
func OllamaVariables() []string { return slices.Clone(ollamaVariables) }
