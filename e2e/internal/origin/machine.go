package origin

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
)

// Machine is the computer that measures.
type Machine struct {
	CPU       string `json:"cpu"`
	Cores     int    `json:"cores"`
	MemoryMiB int64  `json:"memoryMiB"`
	Kernel    string `json:"kernel"`
}

func (m Machine) String() string {
	return fmt.Sprintf("%d cores (%s), %d MiB, Linux %s", m.Cores, m.CPU, m.MemoryMiB, m.Kernel)
}

// ThisMachine asks the kernel, which must be Linux.
func ThisMachine() (Machine, error) {
	m := Machine{Cores: runtime.NumCPU()}
	var info syscall.Sysinfo_t
	if err := syscall.Sysinfo(&info); err != nil {
		return m, err
	}
	m.MemoryMiB = int64(info.Totalram) * int64(info.Unit) >> 20
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return m, err
	}
	m.Kernel = strings.TrimSpace(string(kernel))
	cpus, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return m, err
	}
	for line := range strings.Lines(string(cpus)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	return m, nil
}

// LoadAverages are those of the last 1, 5 and 15 minutes: times mean little without them.
func LoadAverages() ([]string, error) {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return nil, err
	}
	return strings.Fields(string(data))[:3], nil
}
