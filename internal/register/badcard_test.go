package register_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// bend is what becomes of an answer of the card: n counts the commands of the sale from
// 1, answer has its status words. An error is what the reader gives instead.
type bend func(ctx context.Context, n int, command, answer []byte) ([]byte, error)

// bentReader gives a proper card whose answers are bent on their way.
type bentReader struct {
	reader.Reader
	bend bend
}

func (r bentReader) Wait(ctx context.Context) (reader.Card, error) {
	c, err := r.Reader.Wait(ctx)
	if chip, ok := c.(reader.Chip); ok {
		return &bentChip{Chip: chip, bend: r.bend}, err
	}
	return c, err
}

type bentChip struct {
	reader.Chip
	bend bend
	n    int
}

func (c *bentChip) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	answer, err := c.Chip.Transmit(ctx, command)
	if err != nil {
		return nil, err
	}
	c.n++
	return c.bend(ctx, c.n, command, answer)
}

// insert puts a proper card into the world's reader whose answers are bent.
func (w *world) insert(p virtual.Profile, b bend) {
	w.cards = func() reader.Reader { return bentReader{virtual.NewReader(virtual.NewCard(p)), b} }
}

// newImpatientWorld is a till that waits for a chip for a very short time.
func newImpatientWorld(t testing.TB) *world {
	w := newWorld(t)
	w.patience = 20 * time.Millisecond
	w.restartTill()
	return w
}

// answering replaces the answer to an instruction, or with 0 to every one: the n-th of its
// kind in the sale, 0 for each of them.
func answering(ins byte, nth int, with string) bend {
	seen := 0
	return func(_ context.Context, n int, command, answer []byte) ([]byte, error) {
		if n == 1 {
			seen = 0
		}
		if ins != 0 && command[1] != ins {
			return answer, nil
		}
		if seen++; nth != 0 && seen != nth {
			return answer, nil
		}
		b, err := hex.DecodeString(strings.ReplaceAll(with, " ", ""))
		return b, err
	}
}

// replacing changes bytes of the answer to an instruction wherever they stand.
func replacing(ins byte, old, fresh string) bend {
	return func(_ context.Context, _ int, command, answer []byte) ([]byte, error) {
		if command[1] != ins {
			return answer, nil
		}
		from, err := hex.DecodeString(old)
		to, err2 := hex.DecodeString(fresh)
		return bytes.ReplaceAll(answer, from, to), errors.Join(err, err2)
	}
}

// Every way in which a card can be no card before the host was asked: the error says
// where and what, nothing is stored, nothing is sent and nothing is charged.
func TestBadCardsBeforeTheHost(t *testing.T) {
	const (
		every, sel, options, record, ac = 0x00, 0xA4, 0xA8, 0xB2, 0xAE
		cdol1                           = "8C159F02069F03069F1A0295055F2A029A039C019F3704"
	)
	hang := func(ctx context.Context, _ int, command, answer []byte) ([]byte, error) {
		if command[1] != record {
			return answer, nil
		}
		<-ctx.Done()
		return nil, ctx.Err()
	}
	w := newImpatientWorld(t)
	for name, c := range map[string]struct {
		bend  bend
		cause error
		says  string
	}{
		"record cut in the middle of a value":   {answering(record, 4, "700A5A084761739001 9000"), emv.ErrFormat, "tag 70: data object 70 at offset 0: bytes end inside the object: got 7 bytes of value, want 10"},
		"record with a length of five bytes":    {answering(record, 4, "7085FFFFFFFFFF 9000"), emv.ErrFormat, "data object 70 at offset 0"},
		"record of four gigabytes":              {answering(record, 4, "7084FFFFFFFF5A 9000"), emv.ErrFormat, "data object 70 at offset 0: bytes end inside the object"},
		"record of indefinite length":           {answering(record, 4, "70805A0847617390010100100000 9000"), emv.ErrFormat, "data object 70 at offset 0"},
		"record of FF":                          {answering(record, 4, "FFFFFFFFFFFF 9000"), emv.ErrFormat, "read record"},
		"record of 00":                          {answering(record, 4, "000000000000 9000"), emv.ErrFormat, "tag 70 at offset 0"},
		"template that holds no objects":        {answering(record, 4, "70049FFFFFFF 9000"), emv.ErrFormat, "offset 2"},
		"object twice":                          {answering(record, 4, "70085F3401015F340101 9000"), emv.ErrDuplicate, "tag 5F34 at offset 6"},
		"empty record":                          {answering(record, 0, "7000 9000"), emv.ErrMissing, "mandatory card data missing: tag 5F24"},
		"no status words":                       {answering(record, 1, ""), emv.ErrAnswer, "got 0 bytes, want at least 2"},
		"half a status word":                    {answering(record, 1, "90"), emv.ErrAnswer, "got 1 bytes, want at least 2"},
		"more data for ever":                    {answering(every, 0, "6110"), emv.ErrEndless, "want at most 512"},
		"never the right length":                {answering(every, 0, "6C10"), emv.ErrEndless, "want at most 512"},
		"list that asks for 15 kilobytes":       {answering(record, 4, numberRecord(strings.Repeat("9F02FC", 60))), emv.ErrFormat, "tag 8C at offset 3: got a list that asks for 15120 bytes, want at most 255"},
		"list that asks for 521 bytes":          {replacing(record, cdol1, "8C159F02FC9F03FC9F1A0295055F2A029A039C019F3704"), emv.ErrFormat, "tag 8C at offset 3: got a list that asks for 521 bytes, want at most 255"},
		"list cut behind a tag":                 {replacing(record, cdol1, "8C159F02069F03069F1A0295055F2A029A039F37049F37"), emv.ErrFormat, "tag 8C: not a data object list: entry 8 (9F37) at offset 19: no length byte"},
		"options list of a length beyond 252":   {replacing(sel, "9F38039F1A02", "9F38039F1AFF"), emv.ErrFormat, "tag 9F38: not a data object list: entry 1 (9F1A) at offset 0: got length 255, want at most 252"},
		"locator of 5 bytes":                    {answering(options, 1, "80071C000801010000 9000"), emv.ErrFormat, "got 5 bytes, want a multiple of 4"},
		"locator of file 0":                     {answering(options, 1, "80061C0000010100 9000"), emv.ErrFormat, "entry 1 at offset 0: got file 0, want 1 to 30"},
		"locator backwards":                     {answering(options, 1, "80061C0008050100 9000"), emv.ErrFormat, "entry 1 at offset 0: got last record 1, want 5 or more"},
		"locator of more signed than there are": {answering(options, 1, "80061C0008010105 9000"), emv.ErrFormat, "got 5 signed records, want at most 1"},
		"locator of no record":                  {answering(options, 1, "80061C0050010100 9000"), emv.ErrStatus, "status 6A82"},
		"locator of 16,000 records":             {locatorWithoutEnd, emv.ErrEndless, "want at most 512"},
		"options are garbage":                   {answering(options, 1, "DEADBEEF 9000"), emv.ErrFormat, "get processing options"},
		"cryptogram is garbage":                 {answering(ac, 1, "DEADBEEFDEADBEEF 9000"), emv.ErrFormat, "first generate ac"},
		"cryptogram of a byte":                  {answering(ac, 1, "800180 9000"), emv.ErrFormat, "tag 80 at offset 0: got 1 bytes, want 11 to 43"},
		"cryptogram that approves by itself":    {answering(ac, 1, "80124000421122334455667788 06010A03A40000 9000"), emv.ErrCryptogramType, "got TC for ARQC"},
		"cryptogram refused":                    {answering(ac, 1, "6985"), emv.ErrStatus, "status 6985"},
		"card blocked":                          {answering(sel, 1, "6A81"), emv.ErrCardBlocked, "card is blocked"},
		"answers nothing but garbage":           {answering(sel, 0, "0102030405 9000"), emv.ErrNoApplication, "no application in common"},
		"hangs":                                 {hang, context.DeadlineExceeded, "deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			w.insert(virtual.Visa(), c.bend)
			sales, sent, net := len(w.txns()), len(w.line.sent), w.net()
			res, err := w.take("", 1250, till.Chip)
			var problem *till.Problem
			if !errors.As(err, &problem) || problem.Code != till.CodeNoDevice || !errors.Is(err, c.cause) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %v that says %q", err, c.cause, c.says)
			}
			if res.Txn.ID != "" || len(w.txns()) != sales || len(w.line.sent) != sent || w.net() != net {
				t.Errorf("got transaction %q, %d stored, sent %v, net %d; want nothing", res.Txn.ID, len(w.txns()), w.line.sent[sent:], w.net()-net)
			}
		})
	}
}

// txns are all transactions of the till.
func (w *world) txns() []till.Txn {
	w.t.Helper()
	all, err := w.store.Txns(context.Background(), till.Filter{})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// numberRecord is the record with the number of the test card, and a list of its own for
// the first cryptogram, with status words.
func numberRecord(cdol1 string) string {
	var b emv.Builder
	b.Nest(emv.TagRecord, func(b *emv.Builder) {
		for tag, v := range map[emv.Tag]string{emv.TagPAN: "4761739001010010", emv.TagExpiry: "311231", emv.TagCDOL1: cdol1, emv.TagCDOL2: "8A02"} {
			raw, _ := hex.DecodeString(v) // literals of this file
			b.Add(tag, raw)
		}
	})
	return hex.EncodeToString(b.Bytes()) + "9000"
}

// locatorWithoutEnd names 15,300 records, each of which is there and holds nothing.
func locatorWithoutEnd(_ context.Context, _ int, command, answer []byte) ([]byte, error) {
	switch command[1] {
	case 0xA8:
		return slices.Concat([]byte{0x80, 0x81, 242, 0x1C, 0x00}, bytes.Repeat([]byte{0x08, 0x01, 0xFF, 0x00}, 60), []byte{0x90, 0x00}), nil
	case 0xB2:
		if command[3] == 0x0C && command[2] == 1 && len(answer) > 2 && answer[2] == 0x61 {
			return answer, nil // the directory
		}
		return []byte{0x70, 0x00, 0x90, 0x00}, nil
	}
	return answer, nil
}

// What a card does after the host approved decides whether there is a sale: a card that
// goes, hangs, declines or talks nonsense before its last word has the sale reversed at
// once; what it does behind that word changes nothing.
func TestBadCardsAfterTheHost(t *testing.T) {
	const external, ac = 0x82, 0xAE
	gone := func(ins byte, nth int) bend {
		seen := 0
		return func(_ context.Context, n int, command, answer []byte) ([]byte, error) {
			if n == 1 {
				seen = 0
			}
			if command[1] == ins {
				seen++
			}
			if seen >= nth {
				return nil, reader.ErrRemoved
			}
			return answer, nil
		}
	}
	hang := func(ctx context.Context, _ int, command, answer []byte) ([]byte, error) {
		if command[1] != external {
			return answer, nil
		}
		<-ctx.Done()
		return nil, ctx.Err()
	}
	w := newImpatientWorld(t)
	for name, c := range map[string]bend{
		"gone at EXTERNAL AUTHENTICATE":    gone(external, 1),
		"gone at the second cryptogram":    gone(ac, 2),
		"hangs":                            hang,
		"declines":                         answering(ac, 2, "80120000421122334455667788 06010A03240000 9000"),
		"asks the host again":              answering(ac, 2, "80128000421122334455667788 06010A03A40000 9000"),
		"refuses the second cryptogram":    answering(ac, 2, "6985"),
		"answers garbage":                  answering(ac, 2, "DEADBEEF 9000"),
		"answers nothing":                  answering(ac, 2, ""),
		"does not believe, and then some":  answering(external, 1, "6300"),
		"answers the authentication badly": answering(external, 1, "90"),
	} {
		t.Run(name, func(t *testing.T) {
			w.insert(virtual.Visa(), c)
			net := w.net()
			res, err := w.take("", 1250, till.Chip)
			if name == "does not believe, and then some" {
				// The card was asked for its approval all the same and gave it: its word counts.
				if err != nil || res.Txn.State != till.Approved {
					t.Errorf("got %s, %v", res.Txn.State, err)
				}
				return
			}
			if w.net() != net {
				t.Errorf("the host moved %d, want 0", w.net()-net)
			}
			if err != nil || res.Outcome == till.OutcomeApproved || res.Txn.State != till.Reversed || res.Txn.Reason != till.ReasonCard || res.Txn.DeclinedBy != till.ByCard {
				t.Errorf("got %s, %s for %s by %s, %v; want a reversal for the card", res.Outcome, res.Txn.State, res.Txn.Reason, res.Txn.DeclinedBy, err)
			}
			if stored, err := w.store.Txn(context.Background(), res.Txn.ID); err != nil || stored.State != till.Reversed {
				t.Errorf("stored %s, %v", stored.State, err)
			}
		})
	}
}

// misfortune is one way to spoil an answer.
type misfortune struct {
	command int
	kind    string
	at      int
	with    byte
}

func drawMisfortune(t *rapid.T) misfortune {
	return misfortune{
		command: rapid.IntRange(1, 14).Draw(t, "command"),
		kind:    rapid.SampledFrom([]string{"flip", "cut", "double", "set", "insert", "status", "empty", "gone", "other"}).Draw(t, "kind"),
		at:      rapid.IntRange(0, 90).Draw(t, "at"),
		with:    rapid.Byte().Draw(t, "with"),
	}
}

func (m misfortune) bend(_ context.Context, n int, _, answer []byte) ([]byte, error) {
	if n != m.command {
		return answer, nil
	}
	answer = bytes.Clone(answer)
	at := m.at % len(answer)
	switch m.kind {
	case "flip":
		answer[at] ^= 1 << (m.with % 8)
	case "cut":
		return answer[:at], nil
	case "double":
		return slices.Concat(answer[:at], answer), nil
	case "set":
		answer[at] = m.with
	case "insert":
		return slices.Insert(answer, at, m.with), nil
	case "status":
		return append(answer[:len(answer)-2], 0x60|m.with&0x0F, m.with), nil
	case "empty":
		return nil, nil
	case "gone":
		return nil, reader.ErrRemoved
	case "other":
		return bytes.Repeat([]byte{m.with}, at+2), nil
	}
	return answer, nil
}

// Whatever a card's answers are spoiled to, the sale ends in a state that is known, the
// host has moved money for approved sales alone, and no error tells the number.
func TestSpoiltCardsEndSalesInAKnownState(t *testing.T) {
	profiles := []virtual.Profile{virtual.Visa(), virtual.Visa18(), virtual.Pair(), virtual.PlainPIN()}
	w := newImpatientWorld(t)
	charged := int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		p := rapid.SampledFrom(profiles).Draw(rt, "card")
		m := drawMisfortune(rt)
		w.insert(p, m.bend)
		sales := len(w.txns())
		res, err := w.take("", 1250, till.Chip)
		if res.Txn.State == till.Approved {
			charged += 1250
		}
		var problem *till.Problem
		switch {
		case err != nil && (!errors.As(err, &problem) || res.Txn.ID != "" || len(w.txns()) != sales):
			rt.Fatalf("got %v with transaction %q %s", err, res.Txn.ID, res.Txn.State)
		case err == nil && !slices.Contains([]till.State{till.Approved, till.Declined, till.Reversed}, res.Txn.State):
			rt.Fatalf("ends in %s", res.Txn.State)
		case w.net() != charged:
			rt.Fatalf("the host moved %d, want %d: %s, %v", w.net(), charged, res.Txn.State, err)
		}
		if said := fmt.Sprintf("%v %+v", err, res); strings.Contains(said, p.Applications[0].PAN.Reveal()) {
			rt.Fatalf("the number shows: %s", said)
		}
	})
}
