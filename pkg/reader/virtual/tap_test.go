package virtual_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

const selectPPSE = "00A404000E 325041592E5359532E4444463031 00"

// quickOptions is GET PROCESSING OPTIONS of the qVSDC shape: 12.50, with these reader's
// qualifiers.
func quickOptions(qualifiers string) string {
	return "80A8000023 8321" + qualifiers + "000000001250" + "000000000000" + "0156" + "0000000000" + "0156" + "261123" + "00" + "4DA5FF32" + "00"
}

// What a card without contacts is known by, and what its reader answers itself.
func TestTapIsContactless(t *testing.T) {
	for _, p := range virtual.Profiles() {
		c := virtual.NewCard(p)
		if got := reader.ContactlessATR(c.ATR()); got != p.Contactless || p.Contactless && c.Protocol() != reader.T1 {
			t.Errorf("%s: ATR %X, T=%d", p.Name, c.ATR(), c.Protocol())
		}
	}
	x := newTerminal(t, virtual.TapVisa())
	for command, want := range map[string]string{
		"FFCA000000": "0854494C 9000", "FFCA000004": "0854494C 9000", "FFCA000002": " 6C04", "FFCA010000": " 6A81", "FFB0000000": " 6D00", "FFCA0000": " 6700",
	} {
		data, sw := x.send(command)
		if got := fmt.Sprintf("%X %s", data, sw); got != want {
			t.Errorf("%s: got %s, want %s", command, got, want)
		}
	}
	if _, sw := newTerminal(t, virtual.Visa()).send("FFCA000000"); sw != "6E00" {
		t.Errorf("a card with contacts: got %s, want 6E00", sw)
	}
	x.want("6A82", selectPSE)
	x.want("9000", selectPPSE)
	x.want("6A83", "00B2010C00") // its entries are in the answer to SELECT
}

// The card decides by what the reader tells it of itself, and how the holder is verified.
func TestTapQualifiers(t *testing.T) {
	offline := func(p virtual.Profile) virtual.Profile {
		p.Applications[0].OfflineLimit = 5000
		return p
	}
	blocked := virtual.TapVisa()
	blocked.Applications[0].Blocked = true
	stingy := virtual.TapVisa()
	stingy.Applications[0].DeclineOver = 1000
	for _, tc := range []struct {
		name, reader string
		profile      virtual.Profile
		want         string // cryptogram type and qualifiers, or the status
	}{
		{"online", "3280C000", virtual.TapVisa(), "80 2040"},
		{"offline", "3200C000", virtual.TapVisa(), "40 2040"},
		{"signature", "32C0C000", virtual.TapVisa(), "80 6040"},
		{"PIN before signature", "36C0C000", virtual.TapVisa(), "80 A040"},
		{"no way in common, contacts", "30C0C000", virtual.TapVisa(), "6984"},
		{"no way in common, no contacts", "20C0C000", virtual.TapVisa(), "80 2040"},
		{"device", "32C0C000", virtual.Phone(), "80 20C0"},
		{"device, not asked", "3280C000", virtual.Phone(), "80 20C0"},
		{"a phone that may approve", "3200C000", offline(virtual.Phone()), "40 20C0"},
		{"blocked", "3280C000", blocked, "00 2040"},
		{"over its own limit", "3280C000", stingy, "00 2040"},
	} {
		x := newTerminal(t, tc.profile)
		x.send(selectAID(x.app))
		data, got := x.send(quickOptions(tc.reader))
		if got == "9000" {
			tree, err := emv.Parse(data, emv.Strict)
			if err != nil {
				t.Fatal(err)
			}
			value := func(tag emv.Tag) []byte { return tree.Value(emv.TagResponse2, tag) }
			got = fmt.Sprintf("%X %X", value(emv.TagCID), value(emv.TagCTQ))
			if signed := value(emv.TagSignedDynamic) != nil; signed != (strings.HasPrefix(tc.want, "40") && tc.profile.Applications[0].AIP[0] != 0) {
				t.Errorf("%s: signed: %v", tc.name, signed)
			}
		}
		if got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
}

// The issuer's answer is taken once, after the card was selected again, and for the last
// transaction alone.
func TestTapIssuerUpdate(t *testing.T) {
	x := newTerminal(t, virtual.TapVisa())
	again := func() { x.want("9000", selectAID(x.app)) }
	online := func() (answer []byte) {
		again()
		tree, err := emv.Parse(x.want("9000", quickOptions("3280C000")), emv.Strict)
		if err != nil {
			t.Fatal(err)
		}
		value := func(tag emv.Tag) []byte { return tree.Value(emv.TagResponse2, tag) }
		in := ac.Input{Terminal: unhex(t, "000000001250"+"000000000000"+"0156"+"0000000000"+"0156"+"261123"+"00"+"4DA5FF32"), IAD: value(emv.TagIAD)}
		copy(in.AIP[:], value(emv.TagAIP))
		in.ATC = uint16(value(emv.TagATC)[0])<<8 | uint16(value(emv.TagATC)[1])
		key := x.key()
		if err := ac.VerifyARQC(x.app.CVN, key, in, value(emv.TagAC)); err != nil {
			t.Fatal(err)
		}
		answer, err = ac.IssuerAuthData(x.app.CVN, key, in, [8]byte(value(emv.TagAC)), "00", ac.Approve())
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	answer := online()
	x.want("6985", authenticate(answer)) // not selected again
	again()
	x.want("9000", authenticate(answer))
	x.want("6985", authenticate(answer)) // a second time
	again()
	x.want("6985", authenticate(answer)) // nothing is open any more

	stale := online()
	answer = online()
	again()
	x.want("6300", authenticate(stale)) // of the transaction before
	again()
	x.want("6985", authenticate(answer))

	answer = online()
	x.card.Reset() // the card leaves and comes back
	again()
	x.want("9000", authenticate(answer))
}

// A locked phone sends its holder to the screen once.
func TestTapLockedPhone(t *testing.T) {
	p := virtual.Phone()
	p.Applications[0].Tap.Locked = true
	x := newTerminal(t, p)
	x.want("9000", selectAID(x.app))
	x.want("6986", quickOptions("32C0C000"))
	x.want("9000", quickOptions("32C0C000"))
}

// A whole tap with each card, byte by byte.
func TestTapTranscripts(t *testing.T) {
	for _, p := range virtual.Profiles() {
		if !p.Contactless {
			continue
		}
		t.Run(p.Name, func(t *testing.T) { goldenTranscript(t, p.Name, tapTranscript(t, p)) })
	}
}

func tapTranscript(t *testing.T, p virtual.Profile) string {
	x := newTerminal(t, p)
	var said strings.Builder
	say := func(command string) {
		data, sw := x.send(command)
		fmt.Fprintf(&said, "> %s\n< %X %s\n", strings.ReplaceAll(command, " ", ""), data, sw)
	}
	say(selectPPSE)
	say(selectAID(x.app))
	if x.app.Tap.Quick {
		say(quickOptions("32C0C000"))
		say(selectAID(x.app))
		say(authenticate(make([]byte, 10)))
		return said.String()
	}
	for _, command := range []string{options, "00B2010C00", "00B2011400", "00B2021400", "00B2011C00", "00B2021C00"} {
		say(command)
	}
	say(acCommand("80", x.cdol(x.app.CDOL1, "", nil)))
	say(authenticate(make([]byte, 10)))
	return said.String()
}
