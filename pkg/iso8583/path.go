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
	name, nth := cutCount(step)
	tag, ok = parseTag(name)
	return tag, nth, ok && nth > 0
}

// cutCount splits "9F26#2" into "9F26" and 2. A step without a number is the first, one
// with anything else for a number is 0.
func cutCount(step string) (name string, nth int) {
	name, count, several := strings.Cut(step, "#")
	if !several {
		return name, 1
	}
	nth, err := strconv.Atoi(count)
	if err != nil || nth < 1 {
		return name, 0
	}
	return name, nth
}

// canonical is a path as specs write it: steps that are BER tags in capitals.
func canonical(path string) string {
	if strings.IndexByte(path, '.') < 0 {
		return path
	}
	steps := strings.Split(path, ".")
	for i, step := range steps {
		if name, _ := cutCount(step); i > 0 && !allDigits(name) {
			if _, ok := parseTag(name); ok {
				steps[i] = strings.ToUpper(step)
			}
		}
	}
	return strings.Join(steps, ".")
}
