package dump_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

const entry = `<log realm="channel/10.0.0.9:8000" at="2026-11-23T10:11:12.345" lifespan="2ms">
  <%s>
%s  </%[1]s>
</log>
`

const fields = `    <isomsg direction="outgoing">
      <!-- org.jpos.iso.packager.XMLPackager -->
      <field id="0" value="0800"/>
      <isomsg id="127">
        <field id="2" value="1"/>
      </isomsg>
    </isomsg>
`

func TestJPOSLog(t *testing.T) {
	m, long := message(), halved(message())
	input := "2026-11-23 starting\n" + fmt.Sprintf(entry, "send", long) + fmt.Sprintf(entry, "receive", halved(m[:40]))
	if f := formatOf(input); f != dump.JPOS {
		t.Fatalf("taken for %q", f)
	}
	got := records(t, input, dump.Options{})
	wantData(t, got, hex.EncodeToString(m), hex.EncodeToString(m[:40]))
	checkPlaces(t, input, got)
	for i, g := range got {
		if !g.Time.Equal(start().Truncate(time.Millisecond)) {
			t.Errorf("record %d: time %v", i, g.Time)
		}
	}
	if got[0].Destination != "10.0.0.9:8000" || got[0].Source != "" || got[1].Source != "10.0.0.9:8000" || got[1].Destination != "" {
		t.Errorf("got %+v and %+v", got[0].Record, got[1].Record)
	}
}

// A message whose fields are there and whose bytes are not is a fault that says where.
func TestJPOSFieldsOnly(t *testing.T) {
	for _, tt := range []struct {
		name, input string
		want        []string // data, or the line of the fault
	}{
		{"in an entry", fmt.Sprintf(entry, "send", fields), []string{"!3"}},
		{"without an entry", fields, []string{"!1"}},
		{"two of them", fields + fields, []string{"!1", "!8"}},
		{"before a dump", fmt.Sprintf(entry, "send", fields) + halved(message()[:8]), []string{"!3", "0081f0f2f0f0b238"}},
		{"beside its dump", fmt.Sprintf(entry, "send", fields+halved(message()[:8])), []string{"0081f0f2f0f0b238"}},
		{"behind its dump", fmt.Sprintf(entry, "send", halved(message()[:8])+fields), []string{"0081f0f2f0f0b238"}},
		{"on one line", `<log realm="c" at="x"><send><isomsg><field id="0" value="0800"/></isomsg></send></log>`, []string{"!1"}},
		{"not closed", fmt.Sprintf(entry, "send", fields)[:120], []string{"!3"}},
		{"of one entry and the next", fmt.Sprintf(entry, "send", fields) + fmt.Sprintf(entry, "receive", fields), []string{"!3", "!14"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := readAll(t, []byte(tt.input), dump.Options{})
			if len(got) != len(tt.want) {
				t.Fatalf("got %d, want %d", len(got), len(tt.want))
			}
			for i, want := range tt.want {
				var line int
				if n, _ := fmt.Sscanf(want, "!%d", &line); n == 1 {
					wantFault(t, got[i], dump.ErrNoBytes, line)
					continue
				}
				wantData(t, got[i:i+1], want)
			}
		})
	}
}

// What jPOS logs of a message that it could not read: the header and the rest are one.
func TestJPOSHeader(t *testing.T) {
	m := message()
	body := "    <iso-exception>unpacking field=7</iso-exception>\n    --- header ---\n" + halved(m[:5]) + "\n    --- data ---\n" + halved(m[5:]) + "\n"
	got := records(t, fmt.Sprintf(entry, "receive", body)+fmt.Sprintf(entry, "receive", "    --- data ---\n"+halved(m)), dump.Options{})
	wantData(t, got, hex.EncodeToString(m), hex.EncodeToString(m))
}

func TestJPOSTimes(t *testing.T) {
	at := start().Truncate(time.Millisecond)
	for text, want := range map[string]time.Time{
		"2026-11-23T10:11:12.345":          at,
		"2026-11-23T10:11:12.345Z":         at,
		"2026-11-23T18:11:12.345+08:00":    at,
		"2026-11-23 10:11:12.345":          at,
		"Mon Nov 23 10:11:12 UTC 2026.345": at,
		"Mon Nov 23 10:11:12 UTC 2026.xyz": {},
		"yesterday":                        {},
		"":                                 {},
	} {
		got := records(t, strings.Replace(fmt.Sprintf(entry, "send", halved(message())), "2026-11-23T10:11:12.345", text, 1), dump.Options{})
		if len(got) != 1 || !got[0].Time.Equal(want) {
			t.Errorf("%q: got %v, want %v", text, got[0].Time, want)
		}
	}
	for _, realm := range []string{"channel", "channel/", "channel/nowhere:80", "", strings.Repeat("x", 1000)} {
		got := records(t, strings.Replace(fmt.Sprintf(entry, "send", halved(message())), "channel/10.0.0.9:8000", realm, 1), dump.Options{})
		if len(got) != 1 || got[0].Destination != "" {
			t.Errorf("a realm of %d characters: got %+v", len(realm), got)
		}
	}
}
