package hostsim_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
)

// A sign-on is answered with the host's clock and the terminal's own batch number.
func TestSignOnSetsTheClock(t *testing.T) {
	now := func() time.Time { return time.Date(2026, time.July, 4, 3, 2, 1, 0, time.UTC) }
	c := newClerk(t, openWith(t, hostsim.Config{Dir: t.TempDir(), Now: now}))
	f := fields{"0": "0800", "7": "0301120000", "11": "000001", "12": "235959", "13": "1231", "41": "TILL0001", "42": "MERCHANT0000001", "60": "000007", "70": "001"}
	a := c.send(f)
	if a.Value("39") != "00" || a.Value("12") != "030201" || a.Value("13") != "0704" || a.Value("60") != "000007" {
		t.Errorf("sign-on answered %s", a)
	}
	for network, want := range map[string]string{"002": "00", "301": "00", "777": "12"} {
		f["70"] = network
		if got := codeOf(c.send(f)); got != want {
			t.Errorf("0800 with %s answered %s, want %s", network, got, want)
		}
	}
}

// Parameters come part after part, those that are built in or those of a file.
func TestDownload(t *testing.T) {
	dir := t.TempDir()
	c := newClerk(t, open(t, dir))
	if got, parts := c.download(); parts != 1 || !strings.Contains(got, "completion.percent=115\n") || !strings.Contains(got, "batch.limit=999\n") {
		t.Errorf("built in: %d parts, %q", parts, got)
	}
	long := strings.Repeat("offline.count=7\n", 40)
	for n, want := range map[int]int{1: 1, 200: 1, 201: 2, 640: 4, 400: 2} {
		if err := os.WriteFile(filepath.Join(dir, "parameters.txt"), []byte(long[:n]), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, parts := c.download(); got != long[:n] || parts != want {
			t.Errorf("a file of %d bytes came as %d bytes in %d parts, want %d", n, len(got), parts, want)
		}
	}
	if got := codeOf(c.send(c.part(5))); got != "12" {
		t.Errorf("a part that is not there answered %s", got)
	}
}

func (c *clerk) part(n int) fields {
	return fields{"0": "0800", "7": "0301120000", "11": "000002", "41": c.terminal, "42": "MERCHANT0000001", "60": "000001", "70": "162", "72": fmt.Sprintf("%04d", n)}
}

func (c *clerk) download() (whole string, parts int) {
	c.t.Helper()
	for parts < 20 {
		parts++
		a := c.send(c.part(parts))
		if a.Value("39") != "00" {
			c.t.Fatalf("part %d answered %s", parts, a)
		}
		if whole += a.Value("62"); a.Value("63") != "1" {
			return whole, parts
		}
	}
	return whole, parts
}

// A chip that approved by itself is posted; its certificate is checked, and what is wrong
// with it is kept, and told as other hosts tell it.
func TestOfflineCertificate(t *testing.T) {
	h := open(t, t.TempDir())
	s := newShop(t, h)
	a := amount(t, "12.51") // declined, were it asked
	for stan, tc := range map[till.STAN]struct {
		info, mdk, reason string
		passed            bool
	}{
		1: {"40", testMDK, "", false},
		2: {"40", strings.Repeat("0123456789ABCDEF", 2), "chip: ", false},
		3: {"80", testMDK, "chip: no request", false},
	} {
		c := visa(ac.CVN10)
		c.mdk = tc.mdk
		values := c.values(a)
		values[emv.TagCID] = tc.info
		icc, _ := c.sign(t, values)
		r := s.chipSale(stan, a, c, icc)
		r.Op, r.Txn.Notice, r.Txn.ResponseCode = till.OpAdvise, till.NoticeOffline, "Y1"
		if got := s.code(r); got != "00" {
			t.Errorf("%s: answered %s, want 00", stan, got)
		}
		r.Repeat = true
		if got := s.code(r); got != "00" {
			t.Errorf("%s again: answered %s, want 00", stan, got)
		}
		entries, err := h.Entries(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.STAN == stan && (!e.Stands() || !strings.HasPrefix(e.Reason, tc.reason) || tc.reason == "" && e.Reason != "") {
				t.Errorf("%s: in the books as %+v, want %q", stan, e, tc.reason)
			}
		}
	}
	if got := balance(t, h).Minor(); got != 3*1251 {
		t.Errorf("the merchant has %d, want each once", got)
	}
}

// Certificates and script results are kept once, however often they are told.
func TestConfirmations(t *testing.T) {
	dir := t.TempDir()
	c := newClerk(t, open(t, dir))
	tc := c.money(till.Sale, 1, 1000, 0, fields{"0": "0320", "3": "940000", "2": "", "14": ""})
	script := c.money(till.Sale, 1, 1000, 0, fields{"0": "0620", "3": "000000", "2": "", "14": ""})
	for range 2 {
		for name, f := range map[string]fields{"TC": tc, "script": script} {
			if got := codeOf(c.send(f)); got != "00" {
				t.Errorf("%s answered %s", name, got)
			}
		}
	}
	got, err := c.host.Confirmations(t.Context())
	want := hostsim.Confirmation{Terminal: "TILL0001", Batch: 1, STAN: 1}
	if err != nil || len(got) != 2 || got[0] != want || !got[1].Script {
		t.Errorf("kept %+v, %v", got, err)
	}
	if got := balance(t, c.host).Minor(); got != 0 {
		t.Errorf("money moved: %d", got)
	}
}
