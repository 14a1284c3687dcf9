package sizing

import "time"

// PullDeadline is how long a pod may take until it runs: what a Deployment has
// by default, and the blobs over a line of 8 Mbit/s.
func PullDeadline(models []Model) time.Duration {
	seconds := time.Duration(disk(models)/pullRate) * time.Second
	return (pullStart + seconds).Truncate(time.Minute) + time.Minute
}

// LoadTimeout is OLLAMA_LOAD_TIMEOUT: Ollama's default, or what the largest
// model takes from a volume of 10 MB/s.
func LoadTimeout(models []Model) time.Duration {
	seconds := time.Duration(largest(models)/loadRate) * time.Second
	return max(loadDefault, seconds.Truncate(time.Minute)+time.Minute)
}

// TokensPerSecond is the upper bound for a model's answers where the memory
// gives bandwidth bytes a second: every word reads the active weights once.
func TokensPerSecond(m Model, bandwidth float64) float64 {
	read := m.activeBytes(1)
	if read == 0 {
		return 0
	}
	return bandwidth / read
}

// activeBytes are the weights that a word of each of so many answers reads. Each
// answer may take experts of its own, until all are read.
func (m Model) activeBytes(answers int) float64 {
	read := float64(m.DiskBytes)
	if m.Active > 0 && m.Parameters > 0 {
		read *= min(1, float64(answers)*float64(m.Active)/float64(m.Parameters))
	}
	return read
}
