package pcsc

import (
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/reader"
)

// match finds the reader that is meant by a name: the only one for an empty name, the
// one of exactly that name, or the only one that holds the name whatever the case of
// its letters.
func match(name string, readers []string) (string, error) {
	var found []string
	for _, r := range readers {
		if r == name {
			return r, nil
		}
		if strings.Contains(strings.ToLower(r), strings.ToLower(name)) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fmt.Errorf("pc/sc: %w named %q: found %s", reader.ErrNoReader, name, quoted(readers))
	}
	return "", fmt.Errorf("pc/sc: %w by %q alone: it fits %s", reader.ErrNoReader, name, quoted(found))
}

func quoted(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(words, ", ")
}
