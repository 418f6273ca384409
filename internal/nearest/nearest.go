// Package nearest finds the name that a misspelt one was meant to be.
package nearest

import "strings"

// Of is the name that is a slip or two away from what was typed, or one that it begins;
// "" where there is none. A short word may have one slip, since two of them make
// anything of it. Case does not matter.
func Of(typed string, names []string) string {
	typed = strings.ToLower(typed)
	if len(typed) < 2 {
		return ""
	}
	best, least := "", 2
	if len(typed) > 4 {
		least = 3
	}
	for _, name := range names {
		d := distance(typed, strings.ToLower(name))
		if strings.HasPrefix(strings.ToLower(name), typed) {
			d = min(d, 1)
		}
		if d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is the count of insertions, deletions and replacements between two words
// (Levenshtein 1966); two neighbours swapped count as one edit, since that is how
// fingers slip (Damerau 1964, the restricted form).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+differ(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func differ(x, y byte) int {
	if x == y {
		return 0
	}
	return 1
}
