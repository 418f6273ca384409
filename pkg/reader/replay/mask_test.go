package replay_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/replay"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// one is the trace of one command, or of an answer in pieces.
func one(t testing.TB, pairs ...string) *replay.Trace {
	t.Helper()
	s := replay.Session{ATR: unhex(t, "3B600000")}
	for i := 0; i < len(pairs); i += 2 {
		s.Exchanges = append(s.Exchanges, replay.Exchange{Command: unhex(t, pairs[i]), Response: unhex(t, pairs[i+1])})
	}
	return &replay.Trace{Sessions: []replay.Session{s}}
}

const readRecord = "00B2010C00"

// Object by object: what stays and what stands for the rest. P is the number of a card,
// S the one that stands for it.
func TestMaskOfObjects(t *testing.T) {
	for _, c := range []struct{ name, response, want string }{
		{"number", "70 0A 5A08 P 9000", "70 0A 5A08 S 9000"},
		{"number with filling", "70 0C 5A0A PFFFF 9000", "70 0C 5A0A SFFFF 9000"},
		{"track 2", "70 15 5713 P D 3112201 1234567890 F F F F 9000", "70 15 5713 S D 3112201 0000000000 F F F F 9000"},
		{"track 2 of a contactless stripe", "70 11 9F6B0E PD3112201 123F 9000", "70 11 9F6B0E SD3112201 000F 9000"},
		{"name", "70 0E 5F200B 4D55535445524D414E4E20 9000", "70 0E 5F200B 544553542F434152442020 9000"},
		{"short name", "70 05 5F2002 2F4D 9000", "70 05 5F2002 5445 9000"},
		{"discretionary data as text", "70 08 9F1F05 3132333435 9000", "70 08 9F1F05 3030303030 9000"},
		{"discretionary data packed", "70 06 9F2003 123456 9000", "70 06 9F2003 000000 9000"},
		{"certificate of the card", "70 07 9F4604 A1B2C3D4 9000", "70 07 9F4604 00000000 9000"},
		{"certificate of the PIN key", "70 07 9F2D04 A1B2C3D4 9000", "70 07 9F2D04 00000000 9000"},
		{"certificate of the issuer", "70 06 9004 A1B2C3D4 9000", "70 06 9004 00000000 9000"},
		{"signed static data", "70 06 9304 A1B2C3D4 9000", "70 06 9304 00000000 9000"},
		{"account reference", "70 07 9F2404 56303031 9000", "70 07 9F2404 30303030 9000"},
		{"expiry, sequence and service code stay", "70 0F 5F2403 311231 5F340101 5F30020201 9000", "70 0F 5F2403 311231 5F340101 5F30020201 9000"},
		{"cryptogram and counter stay", "77 12 9F2608 0011223344556677 9F36020042 9F270180 9000", "77 12 9F2608 0011223344556677 9F36020042 9F270180 9000"},
		{"cryptogram whose digits look like a number", "77 0B 9F2608 4111111111111111 9000", "77 0B 9F2608 4111111111111111 9000"},
		{"number in an object of unknown meaning", "70 17 5A08 P DF510A 01 P 02 9000", "70 17 5A08 S DF510A 00 0000000000000000 00 9000"},
		{"number at an odd half byte", "70 16 5A08 P DF5109 FPF 9000", "70 16 5A08 S DF5109 000000000000000000 9000"},
		{"a word is no object", "FF 9000", "FF 9000"},
		{"number behind its beginning that was cut off", "P9000 9000", "00000000000000000000 9000"},
		{"number that the answer ends in", "70 0A 5A08 12345678 9000", "70 0A 000000000000 9000"},
		{"status alone", "6A83", "6A83"},
	} {
		pan := number(t, "453957", 16)
		stand, _ := card.TestNumber(card.Visa, 16, 0)
		trace := one(t, readRecord, strings.ReplaceAll(c.response, "P", pan.Reveal()))
		got := trace.Masked().Sessions[0].Exchanges[0].Response
		want := strings.ReplaceAll(strings.ReplaceAll(c.want, "S", stand.Reveal()), " ", "")
		if !strings.EqualFold(hex.EncodeToString(got), want) {
			t.Errorf("%s: got %X, want %s", c.name, got, want)
		}
		hides(t, trace.Masked(), pan)
	}
}

// A track 1 as text, with the number that stands for the card's in it.
// An answer of format 1 to GENERATE AC is told apart by its places: type, counter and
// cryptogram stay, whatever their digits look like.
func TestMaskOfFormat1(t *testing.T) {
	const generateAC, answer = "80AE400004" + "3030000000", "8012400042223423259CD91C6E06010A036000009000"
	got := one(t, generateAC, answer).Masked().Sessions[0].Exchanges[0].Response
	if text := strings.ToUpper(hex.EncodeToString(got)); text != answer {
		t.Errorf("got %s, want %s", text, answer)
	}
	pan := number(t, "453957", 16).Reveal()
	got = one(t, generateAC, "8016400042000000000000000006010A00"+pan+"9000").Masked().Sessions[0].Exchanges[0].Response
	if strings.Contains(hex.EncodeToString(got), pan) {
		t.Errorf("a number in the issuer's data stays: %X", got)
	}
}

func TestMaskOfTrack1(t *testing.T) {
	pan := number(t, "545313", 16)
	track := "B" + pan.Reveal() + "^MUSTERMANN/ERIKA^3112201" + "987654"
	record := append([]byte{0x70, byte(2 + len(track)), 0x56, byte(len(track))}, track...)
	trace := one(t, readRecord, hex.EncodeToString(record)+"9000")
	got := string(trace.Masked().Sessions[0].Exchanges[0].Data()[4:])
	stand, _ := card.TestNumber(card.Mastercard, 16, 0)
	if want := "B" + stand.Reveal() + "^TEST/CARD       ^3112201000000"; got != want {
		t.Errorf("got a track of %d characters, want %s", len(got), want)
	}
	hides(t, trace.Masked(), pan)
}

// PINs and what changes them leave no trace, in clear or enciphered; a UID neither.
func TestMaskOfCommands(t *testing.T) {
	for _, c := range []struct{ command, response, wantCommand, wantResponse string }{
		{"0020008008241234FFFFFFFFFF", "9000", "00200080080000000000000000", "9000"},
		{"0020008804DEADBEEF", "63C2", "002000880400000000", "63C2"},
		{"8424000204DEADBEEF", "9000", "842400020400000000", "9000"},
		{"00240000061234123456", "9000", "00240000060000000000", "9000"},
		{"002C000002123400", "9000", "002C000002000000", "9000"},
		{"FFCA000000", "04A1B2C39000", "FFCA000000", "000000009000"},
		{"80CA9F3600", "9F360200429000", "80CA9F3600", "9F360200429000"},
	} {
		if strings.HasPrefix(c.command, "0024") {
			c.command, c.wantCommand = "0024000006123412345600"[:22], "0024000006000000000000"[:22]
		}
		got := one(t, c.command, c.response).Masked().Sessions[0].Exchanges[0]
		if !strings.EqualFold(hex.EncodeToString(got.Command), c.wantCommand) || !strings.EqualFold(hex.EncodeToString(got.Response), c.wantResponse) {
			t.Errorf("%s, %s: got %X, %X", c.command, c.response, got.Command, got.Response)
		}
	}
}

// The same answer in one piece and in pieces of every size is masked alike: a number that
// is cut by GET RESPONSE does not get through.
func TestMaskAcrossPieces(t *testing.T) {
	pan := number(t, "453957", 16)
	record := unhex(t, "70 3D 5A08 "+pan.Reveal()+" 5711 "+pan.Reveal()+"D31122011234567890 5F2409 311231311231311231 DF0108 "+pan.Reveal()+" 5F20034D2F4D")
	record[1] = byte(len(record) - 2)
	whole := one(t, readRecord, hex.EncodeToString(record)+"9000").Masked().Sessions[0].Exchanges[0].Data()
	for size := 1; size <= len(record); size++ {
		pairs := []string{readRecord, "61" + fmt.Sprintf("%02X", len(record))}
		for rest := record; len(rest) > 0; {
			piece := rest[:min(size, len(rest))]
			rest = rest[len(piece):]
			sw := "9000"
			if len(rest) > 0 {
				sw = fmt.Sprintf("61%02X", len(rest))
			}
			pairs = append(pairs, fmt.Sprintf("00C00000%02X", len(piece)), hex.EncodeToString(piece)+sw)
		}
		trace := one(t, pairs...)
		hides(t, trace.Masked(), pan)
		var got []byte
		for _, x := range trace.Masked().Sessions[0].Exchanges {
			got = append(got, x.Data()...)
		}
		if !bytes.Equal(got, whole) {
			t.Errorf("pieces of %d bytes: got %X, want %X", size, got, whole)
		}
	}
}

// A whole payment under T=0, with answers in pieces and lengths that the card corrects.
func TestMaskUnderT0(t *testing.T) {
	pan := number(t, "453957", 16)
	trace := recorded(t, &pieceReader{Reader: device(ofNumber(virtual.Pair(), pan))}, func(chip reader.Chip) {
		if _, err := (payment{amount: 1}).pay(t, chip); err != nil {
			t.Fatal(err)
		}
	})
	procedures := 0
	for _, x := range trace.Sessions[0].Exchanges {
		if x.SW()>>8 == 0x61 {
			procedures++
		}
	}
	if procedures < 20 {
		t.Errorf("%d answers with more to come: the test cuts nothing", procedures)
	}
	hides(t, trace, pan)
	if _, err := (payment{amount: 2}).pay(t, played(t, trace, replay.Options{})); err != nil {
		t.Errorf("played again: %v", err)
	}
}

// pieceReader gives cards that answer five bytes at a time.
type pieceReader struct{ reader.Reader }

func (r *pieceReader) Wait(ctx context.Context) (reader.Card, error) {
	c, err := r.Reader.Wait(ctx)
	if err != nil {
		return nil, err
	}
	return &pieceChip{Chip: c.(reader.Chip)}, nil
}

type pieceChip struct {
	reader.Chip
	rest []byte // of the data and the status words
}

func (c *pieceChip) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if command[1] != 0xC0 || len(c.rest) == 0 {
		answer, err := c.Chip.Transmit(ctx, command)
		if err != nil {
			return nil, err
		}
		c.rest = answer
	}
	const size = 5
	if len(c.rest) <= size+2 {
		answer := c.rest
		c.rest = nil
		return answer, nil
	}
	piece := append(bytes.Clone(c.rest[:size]), 0x61, byte(len(c.rest)-size-2))
	c.rest = c.rest[size:]
	return piece, nil
}

// A signature that holds the cryptogram cannot be opened without the certificates, so that
// a cryptogram of zeros stands in its place; one beside a cryptogram stays.
func TestMaskOfCombinedSignature(t *testing.T) {
	for _, c := range []struct{ response, want string }{
		{"77 17 9F270180 9F36020001 9F4B0B 0102030405060708090A0B", "77 17 9F270180 9F36020001 9F2608 0000000000000000 000000"},
		{"77 16 9F270180 9F2608 1122334455667788 9F4B04 01020304", "77 16 9F270180 9F2608 1122334455667788 9F4B04 01020304"},
		{"77 09 9F270180 9F4B02 0102", "77 09 9F270180 9F4B02 0102"}, // too short to be one
	} {
		got := one(t, "80AE90000400000001", strings.ReplaceAll(c.response, " ", "")+"9000").Masked().Sessions[0].Exchanges[0].Data()
		if !bytes.Equal(got, unhex(t, c.want)) {
			t.Errorf("%s: got %X, want %s", c.response, got, c.want)
		}
	}
}

// Different numbers stay different, the same one stays the same, over all cards of a
// trace.
func TestStandInsAreStable(t *testing.T) {
	first, second := number(t, "453957", 16), number(t, "492181", 16)
	trace := one(t,
		readRecord, "700A5A08"+first.Reveal()+"9000",
		readRecord, "700A5A08"+second.Reveal()+"9000",
		readRecord, "700A5A08"+first.Reveal()+"9000")
	got := trace.Masked().Sessions[0].Exchanges
	if !bytes.Equal(got[0].Response, got[2].Response) || bytes.Equal(got[0].Response, got[1].Response) {
		t.Errorf("%X, %X, %X", got[0].Response, got[1].Response, got[2].Response)
	}
}

// Wherever a number stands in whatever a card says, it does not get through, once the
// card has told it as its number; and masking again changes nothing.
func FuzzMask(f *testing.F) {
	f.Add([]byte{0xDF, 0x01, 0x20}, []byte{0x00}, byte(0), byte(16), byte(9))
	f.Add([]byte("B"), []byte("^A/B^3112"), byte(1), byte(19), byte(3))
	f.Add(unhex(f, "7081F15A0A"), unhex(f, "FF57"), byte(2), byte(13), byte(200))
	f.Fuzz(func(t *testing.T, before, behind []byte, how, digits, cut byte) {
		pan := number(t, "453957", 13+int(digits)%7)
		packed := pan.Reveal() + "FFFF"[:pan.Len()%2]
		middle := []byte(pan.Reveal())
		switch how % 3 {
		case 1:
			middle = unhex(t, packed)
		case 2:
			middle = unhex(t, "F"+pan.Reveal()+"FF"[:1-pan.Len()%2])
		}
		answer := append(append(bytes.Clone(before), middle...), behind...)
		at := min(int(cut), len(answer), 256)
		rest := answer[at:min(len(answer), at+256)]
		own := unhex(t, packed)
		trace := one(t, readRecord, fmt.Sprintf("70%02X5A%02X", len(own)+2, len(own))+hex.EncodeToString(own)+"9000",
			"80CADF0100", hex.EncodeToString(answer[:at])+"6110", "00C0000000", hex.EncodeToString(rest)+"9000")
		once := trace.Masked()
		hides(t, once, pan)
		twice := once.Masked()
		if !bytes.Equal(everything(once), everything(twice)) {
			t.Errorf("masking what is masked changes it:\n%X\n%X", everything(once), everything(twice))
		}
	})
}
