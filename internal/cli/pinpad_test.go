package cli

import (
	"strings"
	"testing"
)

// The cardholder is asked for the PIN unseen, told what is left, and for an application
// where the card has two; nothing of the PIN shows.
func TestCardholderIsAsked(t *testing.T) {
	for _, c := range []struct {
		name    string
		card    string
		lines   string
		secrets []string
		want    exitCode
		said    []string
		paper   string
	}{
		{"right", "pin", "", []string{"1234"}, exitDone, []string{"card PIN for 12.50 CNY, 3 tries (Enter alone: none): \n"}, "PIN VERIFIED"},
		{
			"wrong, nonsense, right", "encpin", "", []string{"9753", "97", "1234"}, exitDone,
			[]string{"the PIN was wrong", "2 tries (Enter alone: none): \n", "a PIN is 4 to 12 digits"}, "PIN VERIFIED",
		},
		{"last try", "pin", "", []string{"9753", "9753", "1234"}, exitDone, []string{"the last try"}, "PIN VERIFIED"},
		{"none", "visa", "", []string{""}, exitDone, []string{"the PIN of the virtual cards is 1234", "card PIN for"}, "Signed on the merchant copy"},
		{"nobody there any more", "pin", "", nil, exitDone, []string{"card PIN for"}, "CARDHOLDER NOT VERIFIED"},
		{"second application", "pair", "5\n2\n", []string{"1234"}, exitDone, []string{"1  TILL DEBIT", "2  VISA CREDIT", "1 to 2"}, "VISA CREDIT"},
		{"first application", "pair", "\n", []string{"1234"}, exitDone, []string{"1 to 2"}, "TILL DEBIT"},
		{"no application", "pair", "", []string{"1234"}, exitNotPermitted, []string{"no application of the card was chosen; nothing was sent"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			con := types(t, c.lines, c.secrets...)
			con.run(t, c.want, "pay", "12.50", "--reader", "virtual:"+c.card)
			for _, said := range c.said {
				if !strings.Contains(con.err.String(), said) {
					t.Errorf("said %q, want %q in it", con.err.String(), said)
				}
			}
			if !strings.Contains(con.out.String(), c.paper) {
				t.Errorf("the paper is\n%s\nwant %q on it", con.out.String(), c.paper)
			}
			if strings.Contains(con.err.String(), "9753") || strings.Contains(con.out.String(), "9753") {
				t.Error("a PIN shows")
			}
		})
	}
}
