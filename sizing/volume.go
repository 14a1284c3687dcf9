package sizing

// Volume is the disk that models need.
type Volume struct {
	// Disk is the sum of the blobs in bytes.
	Disk int64 `json:"disk"`
	// Minimum below which they do not fit.
	Minimum int64 `json:"minimum"`
	// Comfortable leaves room to update the largest model.
	Comfortable int64 `json:"comfortable"`
}

// Storage is the volume that the models need. A model
// that is named twice, by two of its tags, counts once.
func Storage(models []Model) Volume {
	sum := disk(models)
	return Volume{
		Disk:        sum,
		Minimum:     sum * volumeTight / 100,
		Comfortable: roundUp(sum*volumeRoomy/100+largest(models), volumeStep),
	}
}

// disk is the sum of the blobs, each once.
func disk(models []Model) (sum int64) {
	seen := map[string]bool{}
	for _, m := range models {
		if !seen[m.Name] {
			sum += min(m.DiskBytes, most)
		}
		seen[m.Name] = true
	}
	return sum
}

func largest(models []Model) (bytes int64) {
	for _, m := range models {
		bytes = max(bytes, min(m.DiskBytes, most))
	}
	return bytes
}
