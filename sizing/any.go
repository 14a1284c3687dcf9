package sizing

// Any stands for a model that nothing is known of but its size on disk: it takes
// as much memory under the settings as any of the catalogue's that are no larger
// would beside its weights. It is one of text, and no embedder.
func Any(name string, bytes int64, s Settings) Model {
	var most Model
	var least Model // for a size below them all
	for _, m := range Catalogue() {
		if m.Embedder || m.VisionBytes > 0 {
			continue
		}
		if least.Name == "" || m.DiskBytes < least.DiskBytes {
			least = m
		}
		if m.DiskBytes <= bytes && (most.Name == "" || total(ModelTerms(m.sized(name, bytes), s)) > total(ModelTerms(most.sized(name, bytes), s))) {
			most = m
		}
	}
	if most.Name == "" {
		most = least
	}
	return most.sized(name, bytes)
}

// sized is the model's shape with another name and size: without the limit of
// its context, and without what says where its figures come from.
func (m Model) sized(name string, bytes int64) Model {
	m.Name, m.DiskBytes, m.ContextLimit = name, bytes, 0
	m.Tags, m.Parameters, m.Active, m.Quantization, m.Digest, m.Evidence, m.Source = nil, 0, 0, "", "", "", ""
	return m
}
