package specfile_test

import (
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/iso8583/specfile"
)

// bomb is YAML whose aliases would make ten to the power of depth values.
func bomb(depth int) string {
	var s strings.Builder
	s.WriteString("a0: &a0 {type: String}\n")
	for i := 1; i <= depth; i++ {
		s.WriteString("a" + strconv.Itoa(i) + ": &a" + strconv.Itoa(i) + " {")
		for j := range 10 {
			s.WriteString(strconv.Itoa(j) + ": *a" + strconv.Itoa(i-1) + ", ")
		}
		s.WriteString("}\n")
	}
	return s.String() + "fields: *a" + strconv.Itoa(depth) + "\n"
}

// hostile are files made to cost time, memory or the stack.
func hostile() map[string]string {
	deep := strings.Repeat(`{"4":{"subfields":`, 1000)
	many := strings.Repeat(`"1":{},`, 500_000)
	return map[string]string{
		"yaml bomb":              bomb(20),
		"yaml merges":            "a: &a {b: c}\nfields: {" + strings.Repeat("<<: *a, ", 20_000) + "}\n",
		"yaml brackets":          "fields: " + strings.Repeat("[", 1<<20),
		"yaml braces":            strings.Repeat("{a: ", 100_000),
		"yaml dashes":            strings.Repeat("- ", 1<<20),
		"yaml questions":         strings.Repeat("? ", 1<<20),
		"yaml keys on one line":  "fields: " + strings.Repeat("a: ", 50_000),
		"yaml indents":           indents(3000),
		"yaml anchors":           "fields: " + strings.Repeat("&a ", 100_000),
		"yaml tags":              "fields: " + strings.Repeat("!a ", 100_000),
		"yaml one long word":     "fields: " + strings.Repeat("a", 4<<20-16),
		"yaml quotes":            "fields: " + strings.Repeat(`"`, 200_000),
		"yaml comments":          "fields: x\n" + strings.Repeat("#\n", 100_000),
		"yaml block scalar":      "fields: |\n" + strings.Repeat(" a\n", 100_000),
		"yaml fields":            "fields:\n" + strings.Repeat("  a: b\n", 60_000),
		"yaml flow":              "fields: {" + strings.Repeat("a: b, ", 60_000) + "}",
		"yaml list":              "fields:\n" + strings.Repeat("- b\n", 100_000),
		"yaml objects":           "fields:\n" + strings.Repeat(" a:\n"+strings.Repeat("  b: c\n", 950), 40),
		"yaml commas":            "fields: [" + strings.Repeat(",", 200_000) + "]",
		"json deep":              `{"fields":` + deep,
		"json lists":             strings.Repeat("[", 4<<20-1),
		"json objects":           `{"fields":` + strings.Repeat(`{"a":`, 600_000),
		"json many":              `{"fields":{` + many + `"2":{}}}`,
		"json one digit":         `{"fields":{"4":{"length":` + strings.Repeat("9", 4<<20-200) + `}}}`,
		"json one word":          `{"fields":{"4":{"type":"` + strings.Repeat("x", 4<<20-200) + `"}}}`,
		"json unknown keys":      `{"fields":{"4":{` + unknown(30_000) + `}}}`,
		"json broken subfields":  `{"fields":{"4":{"type":"Composite","subfields":{` + broken(30_000) + `}}}}`,
		"xml deep":               "<isopackager>" + strings.Repeat("<isofieldpackager id='1'>", 100_000),
		"xml many":               "<isopackager>" + strings.Repeat("<isofield id='1'/>", 200_000),
		"xml attributes":         "<isopackager><isofield " + attributes(200_000) + "/>",
		"xml entities":           "<!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'><!ENTITY c '&b;&b;&b;&b;'>]><isopackager a='&c;'/>",
		"xml doctype never ends": "<!DOCTYPE a [" + strings.Repeat("<", 1<<20),
		"too long":               `{"fields":{}}` + strings.Repeat(" ", 4<<20),
	}
}

func indents(n int) string {
	var s strings.Builder
	for i := range n {
		s.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return s.String()
}

func unknown(n int) string {
	var s strings.Builder
	for i := range n {
		s.WriteString(`"k` + strconv.Itoa(i) + `":1,`)
	}
	return s.String() + `"type":"String"`
}

func broken(n int) string {
	var s strings.Builder
	for i := range n / 2 {
		s.WriteString(`"` + strconv.Itoa(i) + `":{"type":"x"},`)
	}
	return s.String() + `"x":{}`
}

func attributes(n int) string {
	var s strings.Builder
	for i := range n {
		s.WriteString("a" + strconv.Itoa(i) + "='' ")
	}
	return s.String()
}

// TestHostileFiles holds the bounds that doc.go states: a few seconds and 256 MiB for
// the worst of files, and an answer.
func TestHostileFiles(t *testing.T) {
	for name, file := range hostile() {
		t.Run(name, func(t *testing.T) {
			data := []byte(file)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			start := time.Now()
			found := specfile.Lint(data, "")
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if len(found) == 0 || len(found) > 200 {
				t.Errorf("%d findings", len(found))
			}
			if took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
			made := after.TotalAlloc - before.TotalAlloc
			t.Logf("%v, %d MiB made, first: %s", took.Round(time.Millisecond), made>>20, found[0].En)
			if made > 1<<30 {
				t.Errorf("%d MiB were made", made>>20)
			}
			agrees(t, data, found)
		})
	}
}
