package specfile

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/iso8583"
)

// draft is a definition with the places of all that it says, and what was found wrong
// on the way.
type draft struct {
	notes

	def    iso8583.Definition
	places map[string]place // by spot
	start  place            // of the fields
	report Report
}

func newDraft() *draft {
	return &draft{places: map[string]place{}, def: iso8583.Definition{Fields: iso8583.Fields{}}}
}

// spot is the key of a place: a path, and a key of the element there.
func spot(path, key string) string { return path + "\x00" + key }

// at is the place of a key of an element, or of the element where the key is not said,
// or of what it is in.
func (d *draft) at(path, key string) place {
	if at, ok := d.places[spot(path, key)]; ok {
		return at
	}
	for {
		if at, ok := d.places[spot(path, "")]; ok {
			return at
		}
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			return d.start
		}
		path = path[:i]
	}
}

// build makes the definition of a JSON or YAML value.
func (d *draft) build(t *tree) {
	if t.kind != kindObject {
		en, zh := t.what()
		d.errorf("", t.at, "want an object with the keys name and fields, got %[1]s", "需要包含 name 和 fields 的对象，实为%[2]s", en, zh)
		return
	}
	d.start = t.at
	d.object(spotOf{}, t, reflect.ValueOf(&d.def).Elem())
	if at, ok := d.places[spot("", "fields")]; ok {
		d.start = at
	}
	if len(d.def.Fields) == 0 && failure(d.list) == nil {
		d.errorf("", t.at, "no fields: want the key fields with an object", "没有域:需要键 fields，其值为对象")
	}
}

// unique are the members with a known key, each once; duplicates and strangers are found.
func (d *draft) unique(path string, t *tree, known []string) []member {
	var kept []member
	seen := map[string]place{}
	for _, m := range t.members {
		name := strings.ToLower(m.key)
		if first, twice := seen[name]; twice {
			d.errorf(path, m.at, "key %s stands twice, first in line %d", "键 %s 重复，首次出现在第 %d 行", shown(m.key), first.line)
			continue
		}
		seen[name] = m.at
		exact := ""
		for _, k := range known {
			if strings.EqualFold(k, m.key) {
				exact = k
			}
		}
		switch {
		case exact == "":
			d.stranger(path, m, known)
			continue
		case exact != m.key:
			d.warnf(path, m.at, "key %s: write %q, as some readers want it exactly", "键 %s:请写作 %q，有的程序要求大小写一致", shown(m.key), exact)
		}
		kept = append(kept, m)
	}
	return kept
}

// stranger warns of a key that nobody reads.
func (d *draft) stranger(path string, m member, known []string) {
	if d.full(SeverityWarning) {
		return
	}
	if near := nearest(m.key, known); near != "" {
		d.warnf(path, m.at, "unknown key %s: did you mean %q?", "未知的键 %s:是否想写 %q?", shown(m.key), near)
		return
	}
	d.warnf(path, m.at, "unknown key %s: it is not read", "未知的键 %s:不会被读取", shown(m.key))
}

// join is a path and a key in it.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// meant is what makes two keys the same: numbers without leading zeros, tags in capitals.
func meant(key string) string {
	if n, err := strconv.ParseUint(key, 10, 32); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return strings.ToUpper(key)
}

// nearest is the name that a misspelt one was meant to be, at most two slips away or
// begun by it (Levenshtein 1966), or nothing.
func nearest(typed string, names []string) string {
	if len(typed) < 2 || len(typed) > shownMost {
		return ""
	}
	best, least := "", 3
	if len(typed) < 5 {
		least = 2
	}
	typed = strings.ToLower(typed)
	for _, name := range names {
		low := strings.ToLower(name)
		n := slips(typed, low)
		if strings.HasPrefix(low, typed) {
			n = min(n, 1)
		}
		if n < least {
			best, least = name, n
		}
	}
	return best
}

// slips counts insertions, deletions and replacements between two words.
func slips(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			corner, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, corner+cost)
		}
	}
	return row[len(b)]
}
