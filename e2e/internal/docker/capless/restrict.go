package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// bounding is the set of capabilities that this host can grant, bit N for capability number N.
type bounding uint64

// names holds the capabilities by number, as in linux/capability.h.
var names = strings.Fields(`
	CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP
	CAP_LINUX_IMMUTABLE CAP_NET_BIND_SERVICE CAP_NET_BROADCAST CAP_NET_ADMIN CAP_NET_RAW CAP_IPC_LOCK CAP_IPC_OWNER
	CAP_SYS_MODULE CAP_SYS_RAWIO CAP_SYS_CHROOT CAP_SYS_PTRACE CAP_SYS_PACCT CAP_SYS_ADMIN CAP_SYS_BOOT CAP_SYS_NICE
	CAP_SYS_RESOURCE CAP_SYS_TIME CAP_SYS_TTY_CONFIG CAP_MKNOD CAP_LEASE CAP_AUDIT_WRITE CAP_AUDIT_CONTROL CAP_SETFCAP
	CAP_MAC_OVERRIDE CAP_MAC_ADMIN CAP_SYSLOG CAP_WAKE_ALARM CAP_BLOCK_SUSPEND CAP_AUDIT_READ CAP_PERFMON CAP_BPF
	CAP_CHECKPOINT_RESTORE`)

// parseBounding reads the CapBnd line of /proc/self/status.
func parseBounding(status string) (bounding, error) {
	for line := range strings.Lines(status) {
		if hex, ok := strings.CutPrefix(line, "CapBnd:"); ok {
			bits, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
			if err != nil {
				return 0, fmt.Errorf("CapBnd of /proc/self/status: %w", err)
			}
			return bounding(bits), nil
		}
	}
	return 0, fmt.Errorf("/proc/self/status has no CapBnd line")
}

// grants reports whether the host can grant a capability. One with an unknown name is left for runc to judge.
func (b bounding) grants(name string) bool {
	number := slices.Index(names, name)
	return number < 0 || b>>number&1 == 1
}

// object is a JSON object of which only some members matter here.
type object = map[string]json.RawMessage

// restrictSpec takes what the host cannot grant out of a container's config.json.
func (b bounding) restrictSpec(spec object) error { return member(spec, "process", b.restrictProcess) }

// restrictProcess does the same for one process.
func (b bounding) restrictProcess(process object) error {
	if err := member(process, "capabilities", b.restrictSets); err != nil {
		return err
	}
	var adjust int
	if raw, ok := process["oomScoreAdj"]; ok {
		if err := json.Unmarshal(raw, &adjust); err != nil {
			return fmt.Errorf("oomScoreAdj: %w", err)
		}
	}
	if adjust < 0 && !b.grants("CAP_SYS_RESOURCE") {
		process["oomScoreAdj"] = json.RawMessage("0")
	}
	return nil
}

// restrictSets filters each of the bounding, effective, permitted, inheritable and ambient sets.
func (b bounding) restrictSets(sets object) error {
	for set, raw := range sets {
		var wanted []string
		if err := json.Unmarshal(raw, &wanted); err != nil {
			return fmt.Errorf("capabilities %s: %w", set, err)
		}
		granted := slices.DeleteFunc(wanted, func(name string) bool { return !b.grants(name) })
		out, err := json.Marshal(granted)
		if err != nil {
			return err
		}
		sets[set] = out
	}
	return nil
}

// member edits one member of an object that is itself an object, if it is there.
func member(parent object, name string, change func(object) error) error {
	raw, ok := parent[name]
	if !ok || bytes.Equal(raw, []byte("null")) {
		return nil
	}
	var child object
	if err := json.Unmarshal(raw, &child); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := change(child); err != nil {
		return err
	}
	out, err := json.Marshal(child)
	parent[name] = out
	return err
}

// edit changes a JSON file in place, keeping its mode, because runc has not opened it yet.
func edit(path string, change func(object) error) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var content object
	if err := json.Unmarshal(data, &content); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := change(content); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	out, err := json.Marshal(content)
	if err != nil {
		return err
	}
	return os.WriteFile(path, out, 0o600)
}
