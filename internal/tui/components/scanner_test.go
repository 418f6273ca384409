package components

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// ean is a check of EAN-13 that shares no code with the program's own.
func ean(code string) bool {
	if len(code) != 13 || strings.Trim(code, "0123456789") != "" {
		return false
	}
	sum := 0
	for i, r := range code {
		weight := 1 + 2*(i%2)
		sum += int(r-'0') * weight
	}
	return sum%10 == 0
}

const water = "6901234567892"

// keys are the keys of a text, each a gap after the one before, and Enter a gap later.
func keys(text string, start, gap time.Duration) (list []ScanKey, end time.Duration) {
	at := start
	for _, r := range text {
		list = append(list, ScanKey{Text: string(r), At: at})
		at += gap
	}
	return append(list, ScanKey{Ends: true, At: at}), at
}

func feed(s Scanner, list []ScanKey) (Scanner, []Scan) {
	var found []Scan
	for _, k := range list {
		var scan Scan
		if s, scan = s.Feed(k); scan.Found() {
			found = append(found, scan)
		}
	}
	return s, found
}

func TestScanner(t *testing.T) {
	for _, c := range []struct {
		name, text string
		gap        time.Duration
		code       string
		typed      int
	}{
		{"a scan", water, 8 * time.Millisecond, water, 13},
		{"a person", water, 80 * time.Millisecond, "", 0},
		{"a wrong check digit", "6901234567893", 8 * time.Millisecond, "", 0},
		{"too short", "69012", time.Millisecond, "", 0},
		{"an AIM identifier", "]E0" + water, 8 * time.Millisecond, water, 16},
		{"a start sign", "\x02" + water, 8 * time.Millisecond, water, 14},
		{"a tilde", "~" + water, 8 * time.Millisecond, water, 14},
		{"a person's last key just before it", "2" + water, 8 * time.Millisecond, water, 13},
		{"words", "latte macchiato", 8 * time.Millisecond, "", 0},
		{"nothing", "", 0, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, _ := keys(c.text, time.Second, c.gap)
			_, found := feed(NewScanner(0, ean), list)
			switch {
			case c.code == "" && len(found) > 0:
				t.Fatalf("found %+v, want nothing", found)
			case c.code != "" && (len(found) != 1 || found[0].Code != c.code || found[0].Typed != c.typed):
				t.Fatalf("found %+v, want %s of %d characters", found, c.code, c.typed)
			}
		})
	}
}

// What was typed slowly stays in the field: only the scan is taken out of it.
func TestScanAfterTyping(t *testing.T) {
	s := NewScanner(0, ean)
	s, _ = feed(s, []ScanKey{{Text: "3", At: time.Second}, {Text: "*", At: 1200 * time.Millisecond}})
	list, _ := keys(water, 2*time.Second, 10*time.Millisecond)
	if _, found := feed(s, list); len(found) != 1 || found[0].Typed != len(water) {
		t.Fatalf("found %+v, want the scan without what was typed before", found)
	}
}

// An arrow or a function key within a burst is a person's.
func TestScanBrokenByKey(t *testing.T) {
	list, _ := keys(water, time.Second, time.Millisecond)
	list[5].Text = ""
	if _, found := feed(NewScanner(0, ean), list); len(found) > 0 {
		t.Fatalf("found %+v, want nothing", found)
	}
}

// A scan is found at whatever speed scanners have, whatever a person typed a moment
// before, and exactly its own characters are taken out; the same code at once is a
// double, a little later it is another unit.
func TestScanTimings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewScanner(0, ean)
		at := time.Second
		for _, r := range rapid.StringMatching(`[0-9a-z*]{0,5}`).Draw(t, "typed") {
			s, _ = s.Feed(ScanKey{Text: string(r), At: at})
			at += time.Duration(rapid.IntRange(31, 2000).Draw(t, "human")) * time.Millisecond
		}
		at += ScanGap + time.Millisecond
		for _, r := range water {
			s, _ = s.Feed(ScanKey{Text: string(r), At: at})
			at += time.Duration(rapid.IntRange(0, 30).Draw(t, "wedge")) * time.Millisecond
		}
		s, scan := s.Feed(ScanKey{Ends: true, At: at})
		if scan.Code != water || scan.Typed != len(water) || scan.Double {
			t.Fatalf("found %+v, want the scan", scan)
		}
		pause := time.Duration(rapid.IntRange(1, 1000).Draw(t, "pause")) * time.Millisecond
		list, end := keys(water, at+pause, time.Millisecond)
		_, again := feed(s, list)
		if len(again) != 1 || again[0].Double != (end-at < ScanRepeat) {
			t.Fatalf("after %s found %+v", end-at, again)
		}
	})
}

// A person who types a code, with at least one pause that no scanner makes, is never
// taken for a scanner for more than the part after the pause, which is no code.
func TestNoScanByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, at := NewScanner(0, ean), time.Second
		pause := rapid.IntRange(3, len(water)-1).Draw(t, "pause after")
		for i, r := range water {
			var scan Scan
			if s, scan = s.Feed(ScanKey{Text: string(r), At: at}); scan.Found() {
				t.Fatal("a scan before the end")
			}
			at += time.Duration(rapid.IntRange(0, 30).Draw(t, "fast")) * time.Millisecond
			if i == pause-1 {
				at += 31 * time.Millisecond
			}
		}
		if _, scan := s.Feed(ScanKey{Ends: true, At: at}); scan.Found() {
			t.Fatalf("found %+v", scan)
		}
	})
}

// Whatever is pasted, what is remembered stays small.
func TestScannerIsBounded(t *testing.T) {
	s := NewScanner(0, ean)
	for range 10_000 {
		s, _ = s.Feed(ScanKey{Text: "拿铁", At: time.Second})
	}
	if len(s.burst) > scanMost {
		t.Fatalf("%d bytes are remembered, want at most %d", len(s.burst), scanMost)
	}
}
