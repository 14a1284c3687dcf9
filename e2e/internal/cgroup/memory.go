package cgroup

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Memory is what a group uses at one moment, in bytes.
type Memory struct {
	// Anonymous is what no file backs: weights that were read, caches, heaps. Only it cannot be given back.
	Anonymous int64 `json:"anonymous"`
	// WorkingSet is all that is charged to the group, without the part of the file cache that nobody used lately. A kubelet
	// reports it, `kubectl top` shows it, and evictions go by it.
	WorkingSet int64 `json:"workingSet"`
}

// Group is a memory control group.
type Group struct {
	dir     string
	version int
}

// root is where the kernel's interface is mounted.
const root = "/sys/fs/cgroup"

// Of returns the memory group of a process of this machine.
func Of(pid int) (Group, error) {
	data, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cgroup"))
	if err != nil {
		return Group{}, fmt.Errorf("finding the memory group of process %d: %w", pid, err)
	}
	return find(root, data)
}

// find picks the memory group from the content of /proc/PID/cgroup. Where both versions are mounted, version 1 has the memory.
func find(root string, groups []byte) (Group, error) {
	var unified string
	for line := range strings.Lines(string(groups)) {
		number, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, path, ok := strings.Cut(rest, ":")
		switch {
		case !ok:
		case number == "0" && controllers == "":
			unified = path
		case strings.Contains(","+controllers+",", ",memory,"):
			return Group{dir: filepath.Join(root, "memory", path), version: 1}, nil
		}
	}
	if unified == "" {
		return Group{}, fmt.Errorf("no memory group in %q", groups)
	}
	return Group{dir: filepath.Join(root, unified), version: 2}, nil
}

// Version of the interface: 1 or 2.
func (g Group) Version() int { return g.version }

// Read returns what the group uses now, everything below it included.
func (g Group) Read() (Memory, error) {
	// The total_ figures of version 1 include the groups below, as all figures of version 2 do.
	current, anonymous, inactive := "memory.usage_in_bytes", "total_rss", "total_inactive_file"
	if g.version == 2 {
		current, anonymous, inactive = "memory.current", "anon", "inactive_file"
	}
	used, err := number(filepath.Join(g.dir, current))
	if err != nil {
		return Memory{}, err
	}
	stat, err := os.ReadFile(filepath.Join(g.dir, "memory.stat"))
	if err != nil {
		return Memory{}, err
	}
	m := Memory{WorkingSet: used}
	found := 0
	for lines := bufio.NewScanner(bytes.NewReader(stat)); lines.Scan(); {
		name, figure, _ := strings.Cut(lines.Text(), " ")
		if name != anonymous && name != inactive {
			continue
		}
		n, err := strconv.ParseInt(figure, 10, 64)
		if err != nil {
			return Memory{}, fmt.Errorf("%s/memory.stat: %s: %w", g.dir, name, err)
		}
		found++
		if name == anonymous {
			m.Anonymous = n
		} else {
			m.WorkingSet = max(0, used-n) // as the kubelet does: the two were not read at one moment
		}
	}
	if found != 2 {
		return Memory{}, fmt.Errorf("%s/memory.stat: want %s and %s", g.dir, anonymous, inactive)
	}
	return m, nil
}

// Kills returns how many processes of the group the kernel has killed for want of memory.
func (g Group) Kills() (int64, error) {
	file, field := "memory.oom_control", "oom_kill"
	if g.version == 2 {
		file = "memory.events"
	}
	data, err := os.ReadFile(filepath.Join(g.dir, file))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if name, figure, _ := strings.Cut(strings.TrimSpace(line), " "); name == field {
			return strconv.ParseInt(figure, 10, 64)
		}
	}
	return 0, fmt.Errorf("%s/%s has no %s", g.dir, file, field)
}

func number(path string) (int64, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
}
