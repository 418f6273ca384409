package cli

import (
	"context"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/pkg/reports"
)

// shopAt is a console in a shop of a time zone whose business day begins at dayStart, and
// whose clock the test sets.
type shopAt struct {
	*console
	t   *testing.T
	now time.Time
}

func newShopAt(t *testing.T, zone, dayStart string) *shopAt {
	t.Helper()
	s := &shopAt{console: newConsole(t), t: t}
	s.Environ = append(s.Environ, "TILL_SHOP_TIMEZONE="+zone, "TILL_SHOP_DAY_START="+dayStart)
	s.Random = rand.NewChaCha8([32]byte{1})
	s.Now = func() time.Time { return s.now }
	return s
}

// at sets the clock, in RFC 3339.
func (s *shopAt) at(moment string) {
	s.t.Helper()
	var err error
	if s.now, err = time.Parse(time.RFC3339, moment); err != nil {
		s.t.Fatal(err)
	}
}

// run runs a command that has to end well and gives what it printed.
func (s *shopAt) run(args ...string) string {
	s.t.Helper()
	if code := s.till(args...); code != exitDone {
		s.t.Fatalf("till %s ends with %d: %s", strings.Join(args, " "), code, s.err.String())
	}
	return s.out.String()
}

// In the night in which clocks go back an hour comes twice and is one row; in the other
// one it does not come. Both are one business day, and nothing is lost.
func TestReportOfTheNightClocksChange(t *testing.T) {
	s := newShopAt(t, "America/New_York", "04:00")
	for _, moment := range []string{
		"2026-11-01T05:30:00Z", // 01:30, still on summer time
		"2026-11-01T06:30:00Z", // 01:30 again
		"2026-11-01T09:30:00Z", // 04:30: the next business day
		"2027-03-14T06:59:00Z", // 01:59
		"2027-03-14T07:00:00Z", // 03:00, a minute later
	} {
		s.at(moment)
		s.run("pay", "10", "--tender", "cash")
	}
	for _, c := range []struct{ period, query, want string }{
		{"2026-10-31", `.tables[0].sections[0].rows[] | "\(.hour) \(.sales)"`, "01:00 2\n"},
		{"2026-11-01", `.tables[0].sections[0].rows[] | "\(.hour) \(.sales)"`, "04:00 1\n"},
		{"2027-03-13", `.tables[0].sections[0].rows[] | "\(.hour) \(.sales)"`, "01:00 1\n02:00 0\n03:00 1\n"},
		{"2026..2027", `.tables[0].sections[0].total.total`, "50.00\n"},
	} {
		if got := s.run("report", "hours", "--period", c.period, "--jq", c.query); got != c.want {
			t.Errorf("hours of %s: %q, want %q", c.period, got, c.want)
		}
	}
	s.run("report", "verify")
}

// A day with nothing but a refund has no average and no share, and says so.
func TestReportOfRefundsAlone(t *testing.T) {
	s := newShopAt(t, "UTC", "00:00")
	s.at("2026-11-22T10:00:00Z")
	s.run("pay", "30", "--tender", "cash")
	s.at("2026-11-23T10:00:00Z")
	s.run("refund", "last", "12.50")
	const query = `.tables[0].sections[0].rows[0] | .sales, .returns, .gross, .returned, .net, .average_sale`
	if got, want := s.run("report", "sales", "--period", "today", "--jq", query), "0\n1\n0.00\n12.50\n-12.50\nnull\n"; got != want {
		t.Errorf("sales %q, want %q", got, want)
	}
	for _, name := range []string{"items", "categories", "staff", "hours", "tenders"} {
		s.run("report", name, "--period", "today", "--lang", "zh")
		s.run("report", name, "--period", "today", "--compare", "prev")
	}
}

// A month that has just begun stands beside as many days of the one before.
func TestReportComparesWhatHasBeen(t *testing.T) {
	s := newShopAt(t, "UTC", "00:00")
	for _, c := range []struct{ args, period, compare string }{
		{"", "2026-11-01..2026-11-23", ""},
		{"prev", "2026-11-01..2026-11-23", "2026-10-01..2026-10-23"},
		{"yoy", "2026-11-01..2026-11-23", "2025-11-01..2025-11-23"},
		{"2026-10", "2026-11-01..2026-11-30", "2026-10-01..2026-10-31"},
	} {
		s.at("2026-11-23T10:00:00Z")
		q, err := reportQuery(&reportOptions{name: "sales", period: "this-month", compare: c.args}, 20261123)
		if err != nil || q.Period.String() != c.period || q.Compare.String() != c.compare {
			t.Errorf("--compare %q: %s beside %s (%v), want %s beside %s", c.args, q.Period, q.Compare, err, c.period, c.compare)
		}
	}
	q, err := reportQuery(&reportOptions{name: "sales", period: "2026-03", compare: "prev"}, 20260330)
	if want := (reports.Period{From: 20260201, To: 20260228}); err != nil || q.Compare != want {
		t.Errorf("30 days of March beside %s (%v), want the whole of February", q.Compare, err)
	}
}

// On a terminal no line is wider than the screen, in either language; what had to go is
// said, and the next useful command too.
func TestReportOnATerminal(t *testing.T) {
	s := newShopAt(t, "UTC", "00:00")
	for _, day := range []string{"02", "03", "04", "09"} {
		s.at("2026-11-" + day + "T12:00:00Z")
		s.run("pay", "23456.78", "--tender", "cash")
		s.run("pay", "12.50")
	}
	s.Out.Terminal, s.Err.Terminal = true, true
	for _, width := range []int{72, 80, 100} {
		s.Out.Width = func() int { return width }
		for _, lang := range []string{"en", "zh"} {
			for _, line := range [][]string{
				{"sales"}, {"sales", "--compare", "prev"}, {"items"}, {"categories", "--compare", "yoy"}, {"staff"}, {"hours"}, {"tenders"}, {"tax"}, {"discounts"}, {"loyalty"},
				{"stock"}, {"settlement"}, {"x"}, {"z", "--list"}, {"hours", "--heat"},
			} {
				if line[0] == "hours" && len(line) > 1 && width < 80 {
					continue // seven days beside each other need so much
				}
				page := s.run(append(append([]string{"report"}, line...), "--lang", lang)...)
				for row := range strings.Lines(page) {
					if w := cells.Width(strings.TrimSuffix(row, "\n")); w > width {
						t.Errorf("report %s in %s: %d cells on a screen of %d: %s", line, lang, w, width, row)
					}
				}
			}
		}
	}
	s.Out.Width = func() int { return 72 }
	s.run("report", "sales")
	for _, want := range []string{"left out for want of room: ", "Gross", "-O csv", "till report sales --compare prev"} {
		if !strings.Contains(s.err.String(), want) {
			t.Errorf("stderr does not say %q: %s", want, s.err.String())
		}
	}
	if code := s.till("report", "sales", "-O", "xlsx"); code != exitUsage || !strings.Contains(s.err.String(), "-o report.xlsx") || s.out.Len() > 0 {
		t.Errorf("a spreadsheet on a terminal ends with %d: %s", code, s.err.String())
	}
}

// The page of a report as a browser shows it: the picture is not blank, and the numbers
// stand in the text.
func TestReportPageInChromium(t *testing.T) {
	browser := chromium(t)
	s := newShopAt(t, "UTC", "00:00")
	for _, day := range []string{"02", "03", "04"} {
		s.at("2026-11-" + day + "T12:00:00Z")
		s.run("pay", "1234.50", "--tender", "cash")
	}
	dir := t.TempDir()
	path, shot := filepath.Join(dir, "sales.html"), filepath.Join(dir, "sales.png")
	s.run("report", "sales", "--lang", "zh", "-o", path)
	text := browse(t, browser, dir, "--dump-dom", "file://"+path)
	for _, want := range []string{"销售汇总", "3,703.50", "1,234.50", "2026-11-03", "<svg"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	browse(t, browser, dir, "--window-size=1000,1000", "--screenshot="+shot, "file://"+path)
	if dots := inkOf(t, shot); dots < 5000 {
		t.Errorf("the picture has %d dots that are not paper", dots)
	}
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("TILL_REQUIRE_CHROMIUM") == "1" {
		t.Fatal("TILL_REQUIRE_CHROMIUM=1, and chromium is not installed")
	}
	t.Skip("chromium is not installed (Debian: chromium)")
	return ""
}

// browse runs the browser without a window and gives what it prints.
func browse(t *testing.T, browser, dir string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	args = append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--user-data-dir=" + filepath.Join(dir, "profile")}, args...)
	cmd := exec.CommandContext(ctx, browser, args...)
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	return string(out)
}

// inkOf counts the dots of a picture that are not of the colour of most.
func inkOf(t *testing.T, path string) int {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	counts, most, all := map[[3]uint32]int{}, 0, 0
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			r, g, b, _ := img.At(x, y).RGBA()
			counts[[3]uint32{r, g, b}]++
			all++
			most = max(most, counts[[3]uint32{r, g, b}])
		}
	}
	return all - most
}
