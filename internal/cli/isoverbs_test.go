package cli

import (
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// hidingPlaces are messages of a dialect, each with a card number or a track in one field:
// wherever the field takes it, bare or inside text, and in tags of TLV packed or spelled.
func hidingPlaces(t *testing.T, spec *iso8583.Spec, number string) map[string][]byte {
	t.Helper()
	places := map[string][]byte{}
	hide := func(path, value string) {
		m := spec.NewMessage("0200")
		if m.Set("11", "42") != nil || m.Set(path, value) != nil {
			return
		}
		if raw, err := m.Pack(); err == nil {
			places[path+" "+strconv.Itoa(len(value))] = raw
		}
	}
	for _, num := range spec.FieldNumbers() {
		path := strconv.Itoa(num)
		hide(path, number)
		hide(path, "CARD "+number)
		hide(path, number+"=31122011143804400000")
		hide(path+".DF01", number)
		hide(path+".DF01", hex.EncodeToString([]byte(number)))
		hide(path+".5A", number)
		hide(path+".57", number+"D31122011143804400000F")
	}
	return places
}

// No verb shows a card number, in whatever field it stands and in whatever format.
func TestISOVerbsHide(t *testing.T) {
	const number, other = "4761739001010010", "4761739001010119"
	con := newConsole(t)
	for _, name := range []string{"iso87-ascii", "iso87-bcd"} {
		spec, err := dialect.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		here, there := hidingPlaces(t, spec, number), hidingPlaces(t, spec, other)
		if len(here) < 50 {
			t.Fatalf("%s: only %d places", name, len(here))
		}
		for i, place := range slices.Sorted(maps.Keys(here)) {
			if i%stride != 0 {
				continue
			}
			raw := here[place]
			digits := hex.EncodeToString(raw)
			for _, args := range [][]string{
				{"convert", digits}, {"convert", digits[:len(digits)-2], "--json"}, {"validate", digits, "--strict"},
				{"diff", digits, hex.EncodeToString(there[place])}, {"diff", digits, digits[:len(digits)-2], "--json"},
			} {
				con.till(append(append([]string{"iso"}, args...), "--spec", name, "--framing", "none")...)
				for _, text := range []string{con.out.String(), con.err.String()} {
					if holdsNumber([]byte(strings.ToLower(text))) || holdsNumber([]byte(text)) {
						t.Errorf("%s, field %s: %s shows the number: %s", name, place, args[0], text)
					}
				}
			}
		}
	}
}

// A PIN block, an expiry date and a name show nothing of themselves.
func TestISOVerbsHideSecrets(t *testing.T) {
	con := newConsole(t)
	con.till("iso", "build", "0200", "2=4111111111111111", "11=42", "14=3112", "52=FEDCBA9876543210", "55.5F20=444F452F4A414E45", "--spec", "iso87-bcd")
	digits := strings.TrimSpace(con.out.String())
	for _, args := range [][]string{{"convert"}, {"convert", "--json"}, {"diff", strings.Replace(digits, "FEDCBA98", "FEDCBA99", 1)}, {"validate"}} {
		con.till(append(append([]string{"iso", args[0], digits}, args[1:]...), "--spec", "iso87-bcd", "--framing", "none")...)
		shown := strings.ToUpper(con.out.String() + con.err.String())
		for _, secret := range []string{"FEDCBA9876543210", `"3112"`, "444F452F", "DOE/JANE"} {
			if len(shown) == 0 || strings.Contains(shown, secret) {
				t.Errorf("%s shows %d characters and in them %s", args[0], len(shown), secret)
			}
		}
	}
}

// A message of any dialect goes through JSON on the command line and comes back.
func TestISOConvertRoundTrip(t *testing.T) {
	con := newConsole(t)
	for _, name := range dialect.Names() {
		spec, err := dialect.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		m := spec.NewMessage("0200")
		for _, kv := range [][2]string{{"2", "4111111111111111"}, {"3", "000000"}, {"4", "1250"}, {"11", "42"}, {"41", "TERM0001"}, {"48", "PRIVATE"}, {"55.9F26", "0123456789ABCDEF"}, {"55.DF01", ""}} {
			_ = m.Set(kv[0], kv[1]) // what a dialect has otherwise is left out
		}
		wire, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		code := con.till("iso", "convert", hex.EncodeToString(wire), "--spec", name, "--framing", "none", "--unmask=yes", "--json")
		if code != exitDone {
			t.Errorf("%s: exit %d: %s", name, code, con.err.String())
			continue
		}
		code = con.till("iso", "convert", strings.TrimSpace(con.out.String()))
		if got := strings.TrimSpace(con.out.String()); code != exitDone || !strings.EqualFold(got, hex.EncodeToString(wire)) {
			t.Errorf("%s: exit %d, %s comes back as %s", name, code, hex.EncodeToString(wire), got)
		}
	}
}
