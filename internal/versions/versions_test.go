package versions

import (
	"slices"
	"testing"
)

func TestBetween(t *testing.T) {
	for _, c := range []struct {
		of       *Program
		from, to string
		want     []string
	}{
		{&Ollama, "0.23.2", "0.24.0", nil},
		{&Ollama, "0.23.2", "0.30.0", []string{"0.30.0"}},
		{&Ollama, "0.30.0-rocm", "0.34.4-rc0", []string{"0.30.10", "0.33.0"}},
		{&Ollama, "0.34.0", "0.23.2", []string{"0.30.0", "0.30.10", "0.33.0"}},
		{&Ollama, "0.33.0", "0.33.1", nil},
		{&Ollama, "0.23.2", "main", nil},
		{&Ollama, "latest", "0.34.0", nil},
		{&OpenWebUI, "v0.12.0-slim", "0.12.4", []string{"0.12.1", "0.12.4"}},
	} {
		var got []string
		for _, r := range c.of.Between(c.from, c.to) {
			got = append(got, r.Version)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s to %s: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

func TestMigrations(t *testing.T) {
	for _, c := range []struct {
		from, to string
		steps    int
		all      bool
	}{
		{"0.9.4", "0.12.4", 24, true}, // as alembic counted them in a run
		{"0.12.4", "0.9.4", 24, true},
		{"0.9.4", "0.9.5", 0, true},
		{"0.12.1", "0.12.4", 0, true},
		{"0.9.3", "0.9.4", 0, false}, // nobody counted those of 0.9.4 itself
		{"0.12.4", "0.12.5", 0, false},
		{"0.9.4", "main", 0, false},
	} {
		if steps, all := OpenWebUI.Migrations(c.from, c.to); steps != c.steps || all != c.all {
			t.Errorf("%s to %s: %d, all %t; want %d, %t", c.from, c.to, steps, all, c.steps, c.all)
		}
	}
}

func TestEngine(t *testing.T) {
	for version, want := range map[string]Engine{
		"0.23.2": OwnEngine, "v0.29.9": OwnEngine, "0.24": OwnEngine, "0.30.0": LlamaServer, "0.30": LlamaServer, "0.30.0-rc1": LlamaServer,
		"0.34.4": LlamaServer, "1.0.0": LlamaServer, "main": LlamaServer, "": LlamaServer, "0.23.2-rocm": OwnEngine, "sha-0a1b2c": LlamaServer,
		"0.1.0": OwnEngine, // older than all that are known: as the oldest
	} {
		if got := Ollama.Engine(version); got != want {
			t.Errorf("%q: %v, want %v", version, got, want)
		}
	}
}

func TestStanding(t *testing.T) {
	for tag, want := range map[string]Standing{
		"0.13": Known, "0.12.9": TooOld, "0.34.99-rocm": Known, "0.35.0-rc1": TooNew, "v1.0": TooNew, "main": None, "20240101": None,
		"": None, "latest": None, "0.23.2.1": Known,
	} {
		if got := Ollama.Standing(tag); got != want {
			t.Errorf("%q: %v, want %v", tag, got, want)
		}
	}
}

func TestVariable(t *testing.T) {
	for _, c := range []struct {
		name, version  string
		notYet, noMore bool
	}{
		{"OLLAMA_MULTIUSER_CACHE", "0.24.9", false, false},
		{"OLLAMA_MULTIUSER_CACHE", "0.30.0", false, true},
		{"OLLAMA_NO_CLOUD", "0.16.1", true, false},
		{"OLLAMA_NO_CLOUD", "0.16.2", false, false},
		{"LLAMA_ARG_THREADS", "0.24.0", true, false},
		{"OLLAMA_MULTIUSER_CACHE", "main", false, false},
	} {
		v, ok := Ollama.Variable(c.name)
		if !ok || v.NotYet(c.version) != c.notYet || v.NoMore(c.version) != c.noMore {
			t.Errorf("%s of %s: %t, not yet %t, no more %t", c.name, c.version, ok, v.NotYet(c.version), v.NoMore(c.version))
		}
	}
	if v, _ := OpenWebUI.Variable("FONTS_DIR"); v.NoMore("0.11.3") || !v.NoMore("0.11.4") {
		t.Error("FONTS_DIR: its last version is 0.11.3")
	}
	for version, want := range map[string]bool{"0.9.5": true, "v0.9.6": false, "0.12.4-slim": false, "main": false} {
		if reason, fix := OpenWebUI.Unread("VALKEY_URL", version); (reason != "") != want || (fix != "") != want {
			t.Errorf("VALKEY_URL of %s: %q, %q", version, reason, fix)
		}
	}
	if _, ok := Ollama.Variable("OLLAMA_SOMETHING"); ok || slices.Contains(Ollama.Names(), "LLAMA_ARG_") {
		t.Error("a name that is in no table was found, or a prefix given as a name")
	}
}

func TestVariant(t *testing.T) {
	for tag, want := range map[string]string{"0.23.2-rocm": "-rocm", "0.9.4": "", "0.34.4-rc0": "", "main-slim": "", "v0.12.4-slim": "-slim"} {
		if got := Variant(tag); got != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
}

// A table that is not in order, or whose versions are none, would answer wrongly
// without a word.
func TestTables(t *testing.T) {
	for _, p := range []*Program{&Ollama, &OpenWebUI, &Caddy} {
		for _, version := range []string{p.Default, p.Measured} {
			if p.Standing(version) != Known {
				t.Errorf("%s %s is not known", p.Name, version)
			}
		}
		if Older(p.Measured, p.Default) {
			t.Errorf("%s: %s was measured, and is older than %s", p.Name, p.Measured, p.Default)
		}
		for i, r := range p.Releases {
			if p.Standing(r.Version) != Known || i > 0 && !Older(p.Releases[i-1].Version, r.Version) {
				t.Errorf("%s %s: not known, or not after the release before it", p.Name, r.Version)
			}
		}
		if names := p.Names(); !slices.IsSorted(names) {
			t.Errorf("%s: its variables are not sorted: %v", p.Name, names)
		}
		for _, v := range p.Variables {
			if v.First != "" && !IsVersion(v.First) || v.Last != "" && !IsVersion(v.Last) {
				t.Errorf("%s: %+v", p.Name, v)
			}
		}
	}
}
