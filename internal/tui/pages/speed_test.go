package pages

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/styles"
)

// hundred is what a search of a large catalogue answers.
func hundred(till.ItemFilter) ([]till.Item, error) {
	items := make([]till.Item, 100)
	for i := range items {
		items[i] = till.Item{ID: till.ItemID(fmt.Sprint(i)), Name: fmt.Sprintf("Latte 拿铁 number %d", i), Unit: till.Each, Variants: []till.Variant{{SKU: till.SKU(fmt.Sprintf("sku-%d", i)), Price: cny(1800)}}}
	}
	return items, nil
}

// key is one press and the frame that it leads to, with the search that it asks for.
func key(s *screen, k tea.KeyPressMsg) time.Duration {
	begun := time.Now()
	s.press(time.Second, k)
	_ = s.app.View()
	return time.Since(begun)
}

// report gives the middle and the slow end of times.
func report(b *testing.B, times []time.Duration) {
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
}

// typing are keys that a cashier presses: a search, moves, a number.
func typing() []tea.KeyPressMsg {
	var keys []tea.KeyPressMsg
	for _, name := range []string{"l", "a", "t", "backspace", "down", "down", "up", "pgdown", "f3", "down", "esc", "3", "*", "esc"} {
		k, ok := special(name)
		if !ok {
			k = tea.KeyPressMsg{Code: rune(name[0]), Text: name}
		}
		keys = append(keys, k)
	}
	return keys
}

// From a key to the frame, with 200 lines in the cart and a search that finds a hundred.
func BenchmarkKeyToFrame(b *testing.B) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			s, _ := till80(b, fake{items: hundred}, filled(200))
			s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			keys := typing()
			times := make([]time.Duration, 0, b.N)
			for i := 0; b.Loop(); i++ {
				times = append(times, key(s, keys[i%len(keys)]))
			}
			report(b, times)
		})
	}
}

// The first frame of a screen that has just been made.
func BenchmarkFirstView(b *testing.B) {
	page := NewSale(work(fake{items: hundred}))
	b.ReportAllocs()
	for b.Loop() {
		s := tui.New(config(page))
		_ = s.View()
	}
}

// The frame alone, by the length of the cart.
func BenchmarkView(b *testing.B) {
	for _, lines := range []int{10, 200, 2000} {
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			s, _ := till80(b, fake{items: hundred}, filled(lines))
			b.ReportAllocs()
			for b.Loop() {
				_ = s.app.View()
			}
		})
	}
}

func config(page common.Page) tui.Config {
	return tui.Config{
		First: page, Lang: i18n.English, Styles: styles.New(styles.Lines()), Keys: work(desk{}).Keys, Now: morning,
		Since: func() time.Duration { return 0 }, Code: isCode,
	}
}

// What a frame costs does not grow with the cart: only the lines that are seen are made.
func TestViewDoesNotGrow(t *testing.T) {
	allocs := func(lines int) float64 {
		s, _ := till80(t, fake{items: hundred}, filled(lines))
		s.keys("up", "down")
		return testing.AllocsPerRun(20, func() { _ = s.app.View() })
	}
	few, many := allocs(40), allocs(4000)
	if many > few*1.2 {
		t.Errorf("a frame of 4000 lines takes %.0f allocations, one of 40 lines %.0f", many, few)
	}
}

// The frames keep their time: 16 ms from a key to the frame for 99 of 100 keys, and about
// 1 ms for the first. The best of five rounds counts, since a busy machine stops any single
// one for longer; a change of kind is in all of them.
func TestSpeed(t *testing.T) {
	if testing.Short() {
		t.Skip("times are not measured in short runs")
	}
	s, _ := till80(t, fake{items: hundred}, filled(200))
	if p99 := bestOfFive(func() time.Duration { return slowest(s) }); p99 > 16*time.Millisecond {
		t.Errorf("99 of 100 keys take up to %s, want 16 ms", p99)
	}
	if took := bestOfFive(firstFrame); took > 10*time.Millisecond {
		t.Errorf("the first frame takes %s, want about 1 ms", took)
	}
	if strings.Count(s.plain(), "\n") != 23 {
		t.Error("the frame is not whole")
	}
}

// slowest is what 99 of 100 keys stay below.
func slowest(s *screen) time.Duration {
	var times []time.Duration
	for range 30 {
		for _, k := range typing() {
			times = append(times, key(s, k))
		}
	}
	slices.Sort(times)
	return times[len(times)*99/100]
}

// firstFrame is how long a new screen takes to its first frame.
func firstFrame() time.Duration {
	begun := time.Now()
	_ = tui.New(config(NewSale(work(fake{items: hundred})))).View()
	return time.Since(begun)
}

func bestOfFive(measure func() time.Duration) time.Duration {
	best := measure()
	for range 4 {
		best = min(best, measure())
	}
	return best
}
