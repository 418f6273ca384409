package faultscript

import (
	"embed"
	"fmt"
	"path"
	"strings"
)

//go:embed examples/*.yaml
var shipped embed.FS

// Examples are the names of the scripts that are shipped, ascending.
func Examples() []string {
	entries, err := shipped.ReadDir("examples")
	if err != nil {
		return nil // there is always the folder
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// Example is the text of a shipped script; an error is a name that is none.
func Example(name string) ([]byte, error) {
	text, err := shipped.ReadFile(path.Join("examples", name+".yaml"))
	if err != nil {
		return nil, fmt.Errorf("shipped script %q: %w", name, err)
	}
	return text, nil
}
