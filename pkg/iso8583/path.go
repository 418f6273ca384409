package iso8583

import (
	"strconv"
	"strings"
)

// cutPath splits "55.9F26" into "55" and "9F26".
func cutPath(path string) (first, rest string) {
	first, rest, _ = strings.Cut(path, ".")
	return first, rest
}

// parseStep reads one step inside BER-TLV: a tag in hex and, after '#', which of the
// elements with that tag is meant, from 1.
func parseStep(step string) (tag uint32, nth int, ok bool) {
	name, count, several := strings.Cut(step, "#")
	tag, ok = parseTag(name)
	if !several {
		return tag, 1, ok
	}
	nth, err := strconv.Atoi(count)
	return tag, nth, ok && err == nil && nth > 0
}

// canonical is a path as specs write it, with upper-case tags.
func canonical(path string) string { return strings.ToUpper(path) }
