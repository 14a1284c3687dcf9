package sizing

import "math"

// Crowd is what people ask of a service.
type Crowd struct {
	// People who use it.
	People int
	// Questions of each of them in an hour.
	Questions float64
	// Answer is the length of an answer, in tokens.
	Answer int
	// Speed that each is to see, in tokens per second.
	Speed float64
}

// Defaults of a Crowd.
const (
	// ReadingSpeed is somewhat above the speed of reading, in tokens per second: 238
	// words a minute (Brysbaert 2019, doi.org/10.1016/j.jml.2019.104047) at 4 tokens
	// for 3 words are 5.3.
	ReadingSpeed = 6
	// QuestionsPerHour of each are assumed, not measured.
	QuestionsPerHour = 10
	// AnswerTokens are assumed, too.
	AnswerTokens = 400
)

// moments of all, in percent, in which no more answers are written at the same time
// than Load says.
const moments = 95

// Load is how many answers are written at the same time: on average, which is what
// comes in times what each takes (Little's law), and at most in 95 of 100 moments,
// at least 1. People ask independently of one another, so that the number follows
// Poisson's distribution.
func (c Crowd) Load() (mean float64, most int) {
	mean = float64(c.People) * c.Questions / 3600 * float64(c.Answer) / c.Speed
	if mean > 500 { // where it is a normal distribution; exp(-mean) is 0 from 746 on
		return mean, int(math.Ceil(mean + 1.645*math.Sqrt(mean)))
	}
	chance := math.Exp(-mean)
	sum := chance
	for sum < moments/100.0 {
		most++
		chance *= mean / float64(most)
		sum += chance
	}
	return mean, max(most, 1)
}

// furtherAnswer is by how much each answer beyond the first makes a word of all take
// longer on a processor, besides what it reads, as a part of what the word takes
// alone: 0.35 to 0.50 were seen with four and eight answers (docs/people.md).
const furtherAnswer = 0.5

// SpeedOfEach is how fast a pod writes each of so many answers at the same time, in
// tokens per second, where memory gives bandwidth bytes a second: a word of all of
// them takes reading the active weights once and the KV cache of each, whose context
// is full, and on a processor some computing for each further one. An upper bound.
func SpeedOfEach(m Model, s Settings, answers int, bandwidth float64) float64 {
	s.NumParallel = answers
	read := m.activeBytes(answers) + float64(newRun(m, s).cache().Bytes)
	if read == 0 {
		return 0
	}
	speed := bandwidth / read
	if !s.Devices.known() {
		speed /= 1 + furtherAnswer*float64(answers-1)
	}
	return speed
}

// Shape is how many pods serve a crowd.
type Shape struct {
	// Mean and Answers are Crowd.Load.
	Mean    float64 `json:"meanAnswers"`
	Answers int     `json:"answers"`
	// Replicas, each of which writes NumParallel answers at the same time.
	Replicas    int `json:"replicas"`
	NumParallel int `json:"numParallel"`
	// Speed of each answer in tokens per second, where a pod writes NumParallel.
	Speed float64 `json:"tokensPerSecond"`
}

// ShapeFor returns the fewest pods that write a crowd's answers at its speed, each as
// many at the same time as it can, up to most: in the settings' devices, where there
// are any, and within memory bytes, where that is not 0. No pods say that one answer
// alone, whose Speed is there, is slower, or has no room.
func ShapeFor(m Model, s Settings, c Crowd, bandwidth float64, memory int64, most int) Shape {
	mean, answers := c.Load()
	shape := Shape{Mean: mean, Answers: answers, Speed: SpeedOfEach(m, s, 1, bandwidth)}
	fits := func(n int) bool {
		s := s
		s.NumParallel = n
		need := Memory([]Model{m}, s)
		return len(need.Spilled()) == 0 && (memory == 0 || need.Required <= memory)
	}
	if m.serial() {
		most = 1
	}
	for n := 1; n <= min(most, answers); n++ {
		speed := SpeedOfEach(m, s, n, bandwidth)
		if speed < c.Speed || !fits(n) {
			break
		}
		shape.NumParallel, shape.Speed = n, speed
	}
	if shape.NumParallel > 0 {
		shape.Replicas = (answers + shape.NumParallel - 1) / shape.NumParallel
	}
	return shape
}
