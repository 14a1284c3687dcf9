package cgroup

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

// Read returns what the group uses now, everything below it included.
func (g Group) Read() (Memory, error) {
	// The total_ figures of version 1 include the groups below, as all figures of version 2 do.
	current, anonymous, inactive := "memory.usage_in_bytes", "total_rss", "total_inactive_file"
	if g.version == 2 {
		current, anonymous, inactive = "memory.current", "anon", "inactive_file"
	}
	used, err := os.ReadFile(filepath.Join(g.dir, current))
	if err != nil {
		return Memory{}, err
	}
	total, err := strconv.ParseInt(strings.TrimSpace(string(used)), 10, 64)
	if err != nil {
		return Memory{}, err
	}
	figures, err := g.figures("memory.stat", anonymous, inactive)
	if err != nil {
		return Memory{}, err
	}
	// Never below zero, as the kubelet has it: the two files were not read at one moment.
	return Memory{Anonymous: figures[0], WorkingSet: max(0, total-figures[1])}, nil
}

// Kills returns how many processes of the group the kernel has killed for want of memory.
func (g Group) Kills() (int64, error) {
	file := "memory.oom_control"
	if g.version == 2 {
		file = "memory.events"
	}
	figures, err := g.figures(file, "oom_kill")
	if err != nil {
		return 0, err
	}
	return figures[0], nil
}

// figures returns the numbers that a file of the group holds under the names.
func (g Group) figures(file string, names ...string) ([]int64, error) {
	data, err := os.ReadFile(filepath.Join(g.dir, file))
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(string(data)) // a name and its number in turn
	figures := make([]int64, len(names))
	for i, name := range names {
		at := slices.Index(fields, name)
		if at < 0 || at+1 == len(fields) {
			return nil, fmt.Errorf("%s/%s has no %s", g.dir, file, name)
		}
		if figures[i], err = strconv.ParseInt(fields[at+1], 10, 64); err != nil {
			return nil, fmt.Errorf("%s/%s: %s: %w", g.dir, file, name, err)
		}
	}
	return figures, nil
}
