package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/hearth-dev/hearth/e2e/internal/docker/capability"
)

// host edits configurations to what it can grant.
type host struct{ capability.Set }

// object is a JSON object of which only some members matter here.
type object = map[string]json.RawMessage

// restrictSpec takes what the host cannot grant out of a container's config.json.
func (h host) restrictSpec(spec object) error { return member(spec, "process", h.restrictProcess) }

// restrictProcess does the same for one process.
func (h host) restrictProcess(process object) error {
	if err := member(process, "capabilities", h.restrictSets); err != nil {
		return err
	}
	var adjust int
	if raw, ok := process["oomScoreAdj"]; ok {
		if err := json.Unmarshal(raw, &adjust); err != nil {
			return fmt.Errorf("oomScoreAdj: %w", err)
		}
	}
	if adjust < 0 && !h.Has(capability.SysResource) {
		process["oomScoreAdj"] = json.RawMessage("0")
	}
	return nil
}

// restrictSets filters each of the bounding, effective, permitted, inheritable and ambient sets.
func (h host) restrictSets(sets object) error {
	for set, raw := range sets {
		var wanted []string
		if err := json.Unmarshal(raw, &wanted); err != nil {
			return fmt.Errorf("capabilities %s: %w", set, err)
		}
		left := slices.DeleteFunc(wanted, func(name string) bool { return !h.Has(name) })
		out, err := json.Marshal(left)
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
