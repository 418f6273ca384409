package tidy

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Nothing is left for later, and nothing tells of the machine it was written on.
func TestLeftovers(t *testing.T) {
	marker := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|HA` + `CK)\b|\bXX` + `X:|not implem` + `ented|(?i:lorem ipsum)|panic\("unimpl`)
	machine := regexp.MustCompile(`/home/[a-z]+/(?:src|go)|/Users/[a-z]+/|/wo` + `rk/|/tm` + `p/[a-z]|proxy\.gol` + `ang|goproxy\.`)
	each(t, func(path string, raw []byte) {
		if !isText(raw) || path == "go.sum" || path == "LICENSE" || strings.HasPrefix(path, "internal/tidy/") {
			return
		}
		for i, line := range strings.Split(string(raw), "\n") {
			if m := marker.FindString(line); m != "" {
				t.Errorf("%s:%d: %q: do it, or open an issue and say nothing here", path, i+1, m)
			}
			if m := machine.FindString(line); m != "" {
				t.Errorf("%s:%d: %q is a place on somebody's machine", path, i+1, m)
			}
		}
	})
}

// Files are of a size that people read and git keeps.
func TestBigFiles(t *testing.T) {
	each(t, func(path string, raw []byte) {
		if len(raw) > 512<<10 {
			t.Errorf("%s has %d KiB: above 512 keep it out, or make it when it is needed", path, len(raw)>>10)
		}
	})
}

// Text files end in one line end, and hold no trailing spaces or carriage returns where
// nothing needs them.
func TestLineEnds(t *testing.T) {
	kinds := []string{".go", ".md", ".yml", ".sh", ".mod", ".toml", ".sql", ".tsv", ".json"}
	each(t, func(path string, raw []byte) {
		if !slices.Contains(kinds, filepath.Ext(path)) || strings.Contains(path, "/testdata/") || len(raw) == 0 {
			return
		}
		text := string(raw)
		if strings.Contains(text, "\r") || !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") {
			t.Errorf("%s: lines end in \\n, the last one too, and no empty line follows it", path)
		}
	})
}

func TestModule(t *testing.T) {
	each(t, func(path string, raw []byte) {
		if path != "go.mod" {
			return
		}
		if !strings.HasPrefix(string(raw), "module "+module+"\n") {
			t.Errorf("go.mod does not begin with module %s", module)
		}
		if strings.Contains(string(raw), "replace ") {
			t.Error("go.mod replaces a module: go install …@latest would refuse it")
		}
	})
}

// A changelog entry is one file: a line that says what kind of change it is to a user,
// an empty line, and what it means.
func TestChangelog(t *testing.T) {
	first := regexp.MustCompile(`^(Feature|Change|Fix|Security): [^ ].*[^.]$`)
	entries := 0
	each(t, func(path string, raw []byte) {
		name, ok := strings.CutPrefix(path, "changelog/unreleased/")
		if !ok {
			return
		}
		entries++
		if !regexp.MustCompile(`^issue-\d+[a-z0-9-]*$`).MatchString(name) {
			t.Errorf("%s: the name is issue-NUMBER or issue-NUMBER-words", path)
		}
		lines := strings.Split(string(raw), "\n")
		if !first.MatchString(lines[0]) || len([]rune(lines[0])) > 80 {
			t.Errorf("%s: the first line is Feature, Change, Fix or Security, a colon and at most 80 characters without a full stop; see changelog/TEMPLATE", path)
		}
		if len(lines) < 3 || lines[1] != "" || lines[2] == "" {
			t.Errorf("%s: after the first line an empty one, then what it means to a user", path)
		}
	})
	if entries == 0 {
		t.Error("changelog/unreleased is empty: a change that a user notices has an entry")
	}
}

// Every target of the Makefile explains itself in `make help`.
func TestMakefile(t *testing.T) {
	target := regexp.MustCompile(`(?m)^([a-z][a-z-]*):(.*)$`)
	each(t, func(path string, raw []byte) {
		if path != "Makefile" {
			return
		}
		for _, m := range target.FindAllStringSubmatch(string(raw), -1) {
			if !strings.Contains(m[2], "## ") {
				t.Errorf("make %s has no ## text for make help", m[1])
			}
		}
	})
}
