package emv_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv"
)

// deck is a card of several applications that gets no further than selection: it
// refuses GET PROCESSING OPTIONS.
type deck struct {
	directory []string          // records, "" for a card without a directory
	answers   map[string]string // to SELECT, by name; SELECT NEXT by name and "+", "++", …
	next      string
	sent      []string
}

func (d *deck) Exec(command []byte) []byte {
	text := fmt.Sprintf("%X", command)
	d.sent = append(d.sent, text)
	switch command[1] {
	case 0xA4:
		return unhex(d.selectName(text[10:len(text)-2], command[3]))
	case 0xB2:
		if n := int(command[2]); n <= len(d.directory) {
			return unhex(d.directory[n-1])
		}
		return unhex("6A83")
	}
	return unhex("6A81")
}

func (d *deck) selectName(name string, p2 byte) string {
	if name == "315041592E5359532E4444463031" {
		if d.directory == nil {
			return "6A82"
		}
		return "6F15840E315041592E5359532E4444463031A5038801019000"
	}
	if p2 == 0x02 {
		d.next += "+"
	} else {
		d.next = ""
	}
	if answer, ok := d.answers[name+d.next]; ok {
		return answer
	}
	return "6A82"
}

// fci is what SELECT answers for an application.
func fci(aid string, more ...string) string {
	return object(emv.TagFCI, object(emv.TagDFName, aid)+object(emv.TagFCIProprietary, strings.Join(more, ""))) + "9000"
}

// entries is a directory record.
func entries(apps ...string) string {
	inside := ""
	for _, a := range apps {
		inside += object(emv.TagApplicationTemplate, a)
	}
	return object(emv.TagRecord, inside) + "9000"
}

func entry(aid, label, priority string) string {
	return object(emv.TagApplicationID, aid) + object(emv.TagApplicationLabel, fmt.Sprintf("%X", label)) + object(emv.TagPriority, priority)
}

const (
	visa, electron, other = "A0000000031010", "A0000000032010", "A0000009990001"
	master1, master2      = "A000000004101001", "A000000004101002"
)

func TestSelection(t *testing.T) {
	both := map[string]string{visa: fci(visa), electron: fci(electron)}
	for _, c := range []struct {
		name       string
		card       deck
		choose     func([]emv.Candidate) int
		candidates string // what is in common at the end, in order
		selected   string // the last SELECT
		cause      error
	}{
		{name: "highest priority", card: deck{directory: []string{entries(entry(visa, "V", "02"), entry(electron, "E", "01"))}, answers: both}, candidates: "E V", selected: electron, cause: emv.ErrStatus},
		{name: "no priority comes last", card: deck{directory: []string{entries(entry(visa, "V", "00"), entry(electron, "E", "0F"))}, answers: both}, candidates: "E V", selected: electron, cause: emv.ErrStatus},
		{name: "same priority: the card's order", card: deck{directory: []string{entries(entry(visa, "V", "01")), entries(entry(electron, "E", "01"))}, answers: both}, candidates: "V E", selected: visa, cause: emv.ErrStatus},
		{name: "not ours", card: deck{directory: []string{entries(entry(other, "O", "01"), entry(visa, "V", "02"))}, answers: both}, candidates: "V", selected: visa, cause: emv.ErrStatus},
		{name: "entry without a name", card: deck{directory: []string{entries(object(emv.TagApplicationLabel, "41"), entry(visa, "V", "02"))}, answers: both}, candidates: "V", selected: visa, cause: emv.ErrStatus},
		{name: "the same twice", card: deck{directory: []string{entries(entry(visa, "V", "01"), entry(visa, "W", "02"))}, answers: both}, candidates: "V", selected: visa, cause: emv.ErrStatus},
		{name: "chosen", card: deck{directory: []string{entries(entry(visa, "V", "01"), entry(electron, "E", "02"))}, answers: both}, choose: func([]emv.Candidate) int { return 1 }, candidates: "V E", selected: electron, cause: emv.ErrStatus},
		{name: "none chosen", card: deck{directory: []string{entries(entry(visa, "V", "01"), entry(electron, "E", "02"))}, answers: both}, choose: func([]emv.Candidate) int { return -1 }, candidates: "V E", cause: emv.ErrCancelled},
		{name: "chosen beyond the list", card: deck{directory: []string{entries(entry(visa, "V", "01"), entry(electron, "E", "02"))}, answers: both}, choose: func([]emv.Candidate) int { return 2 }, candidates: "V E", cause: emv.ErrCancelled},
		{name: "one alone is not asked about", card: deck{directory: []string{entries(entry(visa, "V", "01"))}, answers: both}, choose: func([]emv.Candidate) int { return -1 }, candidates: "V", selected: visa, cause: emv.ErrStatus},
		{name: "confirmation, nobody asked", card: deck{directory: []string{entries(entry(visa, "V", "81"))}, answers: both}, candidates: "V", cause: emv.ErrCancelled},
		{name: "confirmation goes to the next, nobody asked", card: deck{directory: []string{entries(entry(visa, "V", "81"), entry(electron, "E", "02"))}, answers: both}, candidates: "V E", selected: electron, cause: emv.ErrStatus},
		{name: "confirmed", card: deck{directory: []string{entries(entry(visa, "V", "81"))}, answers: both}, choose: func(c []emv.Candidate) int {
			if !c[0].Confirm {
				return -1
			}
			return 0
		}, candidates: "V", selected: visa, cause: emv.ErrStatus},

		{name: "blocked when selected: the next", card: deck{directory: []string{entries(entry(visa, "V", "01"), entry(electron, "E", "02"))}, answers: map[string]string{visa: "6283", electron: fci(electron)}}, candidates: "E", selected: electron, cause: emv.ErrStatus},
		{name: "another name when selected: the next", card: deck{directory: []string{entries(entry(visa, "V", "01"), entry(electron, "E", "02"))}, answers: map[string]string{visa: fci(electron), electron: fci(electron)}}, candidates: "E", selected: electron, cause: emv.ErrStatus},
		{name: "no template when selected: none left", card: deck{directory: []string{entries(entry(visa, "V", "01"))}, answers: map[string]string{visa: object(emv.TagFCI, object(emv.TagDFName, visa)) + "9000"}}, selected: visa, cause: emv.ErrNoApplication},
		{name: "no data when selected", card: deck{directory: []string{entries(entry(visa, "V", "01"))}, answers: map[string]string{visa: "9000"}}, selected: visa, cause: emv.ErrNoApplication},
		{name: "card blocked when selected", card: deck{directory: []string{entries(entry(visa, "V", "01"))}, answers: map[string]string{visa: "6A81"}}, candidates: "V", selected: visa, cause: emv.ErrCardBlocked},

		{name: "by list", card: deck{answers: both}, candidates: "Visa Visa", selected: visa, cause: emv.ErrStatus},
		{name: "by list: card blocked", card: deck{answers: map[string]string{electron: "6A81"}}, selected: electron, cause: emv.ErrCardBlocked},
		{name: "by list: one blocked", card: deck{answers: map[string]string{visa: fci(visa)[:len(fci(visa))-4] + "6283", electron: fci(electron)}}, candidates: "Visa", selected: electron, cause: emv.ErrStatus},
		{name: "by list: part of a name, twice", card: deck{answers: map[string]string{
			"A0000000041010": fci(master1, object(emv.TagApplicationLabel, "4D31"), object(emv.TagPriority, "02")), "A0000000041010+": fci(master2, object(emv.TagApplicationLabel, "4D32"), object(emv.TagPriority, "01")),
			master2: fci(master2),
		}}, candidates: "M2 M1", selected: master2, cause: emv.ErrStatus},
		{name: "by list: a longer name where the whole is wanted", card: deck{answers: map[string]string{visa: fci(visa + "01"), visa + "+": fci(visa)}}, selected: visa, cause: emv.ErrNoApplication},
		{name: "by list: no TLV", card: deck{answers: map[string]string{visa: "6FFF9000", electron: fci(electron)}}, candidates: "Visa", selected: electron, cause: emv.ErrStatus},

		{name: "empty directory: by list", card: deck{directory: []string{entries()}, answers: both}, candidates: "Visa Visa", selected: visa, cause: emv.ErrStatus},
		{name: "nothing of ours in the directory: by list", card: deck{directory: []string{entries(entry(other, "O", "01"))}, answers: both}, candidates: "Visa Visa", selected: visa, cause: emv.ErrStatus},
		{name: "broken directory: by list", card: deck{directory: []string{entries(entry(visa, "V", "01")), "70059000"}, answers: both}, candidates: "Visa Visa", selected: visa, cause: emv.ErrStatus},
		{name: "refused directory: by list", card: deck{directory: []string{"6982"}, answers: both}, candidates: "Visa Visa", selected: visa, cause: emv.ErrStatus},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := shop()
			cfg.Choose = c.choose
			cfg.AIDs = []emv.AID{{ID: unhex(visa)}, {ID: unhex(electron)}, {ID: unhex("A0000000041010"), Partial: true}}
			txn := start(t, cfg)
			if err := converse(txn, c.card.Exec); !errors.Is(err, c.cause) {
				t.Errorf("got %v, want %v", err, c.cause)
			}
			var labels []string
			for _, one := range txn.Candidates() {
				labels = append(labels, one.Label)
			}
			if got := strings.Join(labels, " "); got != c.candidates {
				t.Errorf("candidates %q, want %q", got, c.candidates)
			}
			if c.selected == "" {
				return
			}
			want := fmt.Sprintf("00A40400%02X%s00", len(c.selected)/2, c.selected)
			last := ""
			for _, s := range slices.Backward(c.card.sent) {
				if strings.HasPrefix(s, "00A4") {
					last = s
					break
				}
			}
			if last != want {
				t.Errorf("selects %s, want %s", last, want)
			}
		})
	}
}

// The name to show: preferred where its code table is the first of ISO 8859, else the
// label, else the scheme, never a number in disguise.
func TestLabels(t *testing.T) {
	label, preferred, table := object(emv.TagApplicationLabel, "4C4142454C"), object(emv.TagPreferredName, "4E414D45F1"), func(n string) string { return object(emv.TagIssuerCodeTable, n) }
	for _, c := range []struct{ objects, want string }{
		{label, "LABEL"},
		{label + preferred + table("01"), "NAMEñ"},
		{label + preferred + table("05"), "LABEL"},
		{label + preferred, "LABEL"},
		{preferred + table("02"), "Visa"},
		{"", "Visa"},
		{object(emv.TagApplicationLabel, "0A1B5B31"), "Visa"}, // an escape sequence
		{object(emv.TagApplicationLabel, "34373631373339303031303130303130"), "Visa"},
	} {
		card := deck{answers: map[string]string{visa: fci(visa, c.objects)}}
		cfg := shop()
		cfg.AIDs = []emv.AID{{ID: unhex(visa)}}
		txn := start(t, cfg)
		_ = converse(txn, card.Exec)
		if got := txn.Candidates(); len(got) != 1 || got[0].Label != c.want {
			t.Errorf("%s: %+v, want %q", c.objects, got, c.want)
		}
	}
}
