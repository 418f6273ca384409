package pages

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/text/width"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/styles"
	"github.com/tillworks/till/pkg/money"
)

// Every page keeps to the terminal, from one that nothing fits into to a large one, and
// while it is resized with the page open.
func TestSizes(t *testing.T) {
	for _, sc := range scenes() {
		t.Run(sc.name, func(t *testing.T) {
			for _, lang := range []i18n.Lang{i18n.English, i18n.Chinese} {
				s := newScreen(t, sc.page(), 80, 24, lang, styles.Lines())
				sc.act(s)
				for _, size := range [][2]int{{20, 24}, {1, 1}, {40, 12}, {40, 24}, {60, 12}, {99, 30}, {100, 30}, {200, 60}} {
					s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
					checkShape(t, s.content(), size[0], size[1])
				}
			}
		})
	}
}

// On a terminal that draws ambiguous characters two cells wide there are none.
func TestASCII(t *testing.T) {
	for _, sc := range append(scenes(), scene{"tell", scenes()[2].page, func(s *screen) { s.keys("3*", "enter") }}) {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {40, 12}, {20, 8}} {
			for _, lang := range []i18n.Lang{i18n.English, i18n.Chinese} {
				s := newScreen(t, sc.page(), size[0], size[1], lang, styles.ASCII())
				sc.act(s)
				for _, r := range s.plain() {
					if width.LookupRune(r).Kind() == width.EastAsianAmbiguous {
						t.Errorf("%s.%dx%d.%s has %q, which may be two cells wide:\n%s", sc.name, size[0], size[1], lang, r, s.plain())
						break
					}
				}
				checkShape(t, s.content(), size[0], size[1])
			}
		}
	}
}

// A name of any length and width leaves the columns of numbers where they are.
func TestLongNames(t *testing.T) {
	for _, name := range []string{strings.Repeat("very long ", 30), strings.Repeat("很长的名字", 40), "e\u0301" + strings.Repeat("👨‍👩‍👧", 60), "two\nlines\x1b[31m red"} {
		f := fake{}
		sale := NewSale(work(f))
		sale.basket = filled(1)
		ticket, err := f.Quote(t.Context(), sale.basket)
		if err != nil {
			t.Fatal(err)
		}
		ticket.Lines[0].Name = name
		next := sale.show(step{basket: sale.basket, ticket: ticket})
		s := newScreen(t, unpriced{next}, 80, 24, i18n.English, styles.Lines())
		checkShape(t, s.content(), 80, 24)
		s.sees("1      1.00       1.00")
		s.seesNot(" red\n")
	}
}

// Amounts of twelve digits are shown whole, at every size.
func TestLargeAmounts(t *testing.T) {
	const large = 1234567890_12
	for _, size := range [][2]int{{80, 24}, {120, 40}, {40, 12}} {
		sale := NewSale(work(fake{}))
		line := till.Line{N: 1, Name: "gold 黄金", Unit: till.Each, Quantity: till.One, Price: cny(large), Gross: cny(large), Total: cny(large)}
		ticket := till.Ticket{Lines: []till.Line{line}, Gross: cny(large), Discount: cny(0), Tax: cny(0), Total: cny(large)}
		shown := sale.show(step{basket: till.Basket{Entries: []till.BasketEntry{{Code: "gold"}}}, ticket: ticket})
		s := newScreen(t, unpriced{shown}, size[0], size[1], i18n.English, styles.ASCII())
		checkShape(t, s.content(), size[0], size[1])
		if strings.Count(s.plain(), "1234567890.12") < 3 {
			t.Errorf("an amount is cut:\n%s", s.plain())
		}
		s.keys("f9")
		s.sees("1234567890.12")
		s.keys("f2", "9999999999.99")
		s.sees("8765432109.87")
		checkShape(t, s.content(), size[0], size[1])
	}
}

// unpriced is a sale page that asks nothing when it comes up.
type unpriced struct{ Sale }

func (unpriced) Init() tea.Cmd { return nil }

// Two hundred lines: the selected one is always seen.
func TestManyLines(t *testing.T) {
	s, sale := till80(t, fake{}, filled(200))
	keys := []string{"up", "pgup", "down", "pgdown", "pgdown"}
	for n := range 60 {
		s.keys(keys[n%len(keys)])
		i, _ := sale.lines.Selected()
		s.sees(fmt.Sprintf("%3d article", i+1))
	}
}

// A paste of any length and of anything is cut to what the field takes, and is no scan.
func TestPastes(t *testing.T) {
	asked := 0
	f := fake{items: func(till.ItemFilter) ([]till.Item, error) { asked++; return nil, nil }}
	for _, text := range []string{
		strings.Repeat("x", 10_000), strings.Repeat("拿铁", 5_000), strings.Repeat("12\n", 3_000), strings.Repeat("\x1b[2J", 2_500),
		"a\x00\x07\x1b]0;owned\x07b\r\n", "\u202e05.21", strings.Repeat("e\u0301", 5_000), ean(1) + "\n", "\xff\xfe",
	} {
		for _, open := range [][]string{nil, {"f9"}, {"f9", "f2"}, {"f2"}, {"f4"}, {"f6"}, {"f12"}, {"f8"}, {"ctrl+b"}} {
			s, sale := till80(t, f, basket())
			s.keys(open...)
			s.send(tea.PasteMsg{Content: text})
			checkShape(t, s.content(), 80, 24)
			if strings.Contains(s.plain(), "\x1b") || strings.Contains(s.content(), "\x07") {
				t.Errorf("%.20q leaves a sequence on the screen", text)
			}
			if len(sale.basket.Entries) != 3 || s.rung > 0 {
				t.Errorf("%.20q after %v was taken for a scan", text, open)
			}
		}
	}
	s, _ := till80(t, f, basket())
	s.slow, asked = true, 0
	for range 1_000 {
		s.keys("x")
	}
	s.drain()
	if asked > 2 {
		t.Errorf("the catalogue was searched %d times while it answered nothing", asked)
	}
}

// What is typed in Chinese stands in the field, the cursor after it, and goes character by
// character.
func TestChineseInput(t *testing.T) {
	s, sale := till80(t, fake{}, till.Basket{})
	s.send(tea.KeyPressMsg{Code: tea.KeyExtended, Text: "三杯拿铁"})
	s.sees("[三杯拿铁 ")
	s.keys("left", "left", "backspace", "大")
	s.sees("[三大拿铁")
	if sale.box.Value() != "三大拿铁" {
		t.Fatalf("the box holds %q", sale.box.Value())
	}
	s.send(tea.PasteMsg{Content: strings.Repeat("宽", 100)})
	checkShape(t, s.content(), 80, 24)
}

// Nothing found is said, and Enter then says why.
func TestNothingFound(t *testing.T) {
	f := fake{items: func(till.ItemFilter) ([]till.Item, error) { return nil, nil }}
	s, sale := till80(t, f, till.Basket{})
	s.keys("f3", "zzz")
	s.sees("no such item")
	s.keys("enter", "enter", "up", "down", "pgdown", "delete")
	s.sees("no such item", "[zzz ")
	s.keys("esc", "esc")
	if sale.finding || !sale.box.IsEmpty() {
		t.Fatalf("it still looks for %q", sale.box.Value())
	}
}

// A number before a word is kept through the search for it.
func TestQuantityThroughSearch(t *testing.T) {
	s, sale := till80(t, fake{}, till.Basket{})
	s.keys("3*lat", "enter")
	s.sees("Catalogue", "[3*lat ")
	s.keys("down", "enter")
	if got := counts(sale.basket)["latte-l"]; got != till.Units(3) {
		t.Fatalf("the basket holds %s of it", got)
	}
}

// '?' is a character while something is typed, and asks for help otherwise.
func TestQuestionMark(t *testing.T) {
	s, sale := till80(t, fake{}, till.Basket{})
	s.keys("?")
	s.sees("Keys that are valid now")
	s.keys("esc", "a?")
	s.seesNot("Keys that are valid now")
	if sale.box.Value() != "a?" {
		t.Fatalf("the box holds %q", sale.box.Value())
	}
}

// A scale's code goes into the basket as it was read: whoever prices it reads the weight
// out of it, once.
func TestScaleCode(t *testing.T) {
	got, err := adding(till.Units(2), ean(9), "")(t.Context(), weighing{}, till.Basket{})
	if err != nil {
		t.Fatal(err)
	}
	if e := got.basket.Entries[0]; e.Code != ean(9) || e.Quantity != till.Units(2) || e.Price != nil {
		t.Fatalf("the entry is %+v", e)
	}
}

// weighing finds a weight and a price in every code.
type weighing struct{ SaleDesk }

func (weighing) Scanned(context.Context, string) (till.BasketEntry, till.Item, till.Variant, error) {
	price := cny(999)
	return till.BasketEntry{Code: "x", Quantity: 375, Price: &price}, till.Item{Unit: till.Kilo}, till.Variant{}, nil
}

// Likely amounts begin with what is due and grow.
func TestQuickAmounts(t *testing.T) {
	for _, due := range []int64{1, 99, 100, 10250, 99999, 1234567} {
		amounts := quickAmounts(cny(due))
		if amounts[0] != cny(due) || !slices.IsSortedFunc(amounts, func(a, b money.Amount) int { return int(a.Minor() - b.Minor()) }) {
			t.Errorf("%d: %v", due, amounts)
		}
	}
}
