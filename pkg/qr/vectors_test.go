package qr_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/qr"
)

// The vectors are codes that others published; their folder is no part of the repository
// and named by TILL_VECTORS. Facts are compared, not wording.

type vector struct {
	Source   string         `json:"source"`
	Scheme   string         `json:"scheme"`
	Payload  string         `json:"payload"`
	Valid    bool           `json:"valid"`
	Expected map[string]any `json:"expected"`
}

func vectors(t testing.TB, schemes ...string) []vector {
	t.Helper()
	dir := os.Getenv("TILL_VECTORS")
	if dir == "" {
		t.Skip("TILL_VECTORS does not name the folder of public test vectors")
	}
	b, err := os.ReadFile(filepath.Join(dir, "qr.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(schemes, v.Scheme) {
			list = append(list, v)
		}
	}
	if lines.Err() != nil || len(list) == 0 {
		t.Fatal("no rows: ", lines.Err())
	}
	return list
}

// merchantSchemes are those whose rows say what this package says; jpqr is EMVCo's with
// rules of its own on top.
func merchantSchemes() []string {
	return []string{"emvco-mpm", "pix", "promptpay", "promptpay-bill", "qris", "vietqr", "laoqr", "lankaqr"}
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t, merchantSchemes()...) {
		t.Run(v.Source, func(t *testing.T) {
			c, err := qr.Parse(v.Payload)
			if (err == nil) != v.Valid || c.Valid() != v.Valid {
				t.Errorf("valid %v, %v, want %v", c.Valid(), err, v.Valid)
			}
			if c.Reveal() != v.Payload {
				t.Error("the text is not kept byte for byte")
			}
			if v.Expected["error"] == nil {
				checkFacts(t, c, v.Expected)
			}
			x := qr.Explain(v.Payload, "en")
			if x.Valid != v.Valid || len(x.Fields) == 0 {
				t.Errorf("explained as %v with %d fields", x.Valid, len(x.Fields))
			}
			if scheme, _, _ := strings.Cut(v.Scheme, "-"); v.Valid && !strings.HasPrefix(x.Scheme, scheme) && scheme != "laoqr" && scheme != "lankaqr" {
				t.Errorf("scheme %q, want %q", x.Scheme, v.Scheme)
			}
		})
	}
}

// checkFacts compares what the objects say.
func checkFacts(t *testing.T, c qr.Code, want map[string]any) {
	t.Helper()
	for key, path := range map[string]string{
		"mcc": "52", "currency": "53", "amount": "54", "tip_indicator": "55", "fee_fixed": "56", "fee_percent": "57",
		"country": "58", "merchant_name": "59", "city": "60", "postal": "61",
	} {
		value, _ := want[key].(string)
		if e, _ := c.Find(path); e.String() != "" && e.Reveal() != value || e.String() == "" && value != "" {
			t.Errorf("%s is %q, want %q", path, e.Reveal(), value)
		}
	}
	checkTree(t, c, "", want["merchant_accounts"])
	checkTree(t, c, "", want["unreserved"])
	checkTree(t, c, "62.", want["additional"])
	checkTree(t, c, "64.", want["language"])
	wrong := slices.ContainsFunc(c.Findings(), func(f qr.Finding) bool {
		return slices.Contains([]qr.Fault{qr.WrongCRC, qr.NoCRC, qr.BadCRC}, f.Fault)
	})
	whole := !slices.ContainsFunc(c.Findings(), func(f qr.Finding) bool { return f.Fault == qr.CutShort })
	if ok, _ := want["crc_ok"].(bool); whole && ok == wrong {
		t.Errorf("check value right %v, want %v", !wrong, ok)
	}
}

func checkTree(t *testing.T, c qr.Code, prefix string, want any) {
	t.Helper()
	objects, _ := want.(map[string]any)
	for id, value := range objects {
		path := prefix + id
		if _, nested := value.(map[string]any); nested {
			checkTree(t, c, path+".", value)
			continue
		}
		if e, ok := c.Find(path); !ok || e.Reveal() != value {
			t.Errorf("%s is %q, want %q", path, e.Reveal(), value)
		}
	}
}

func TestVectorsPassive(t *testing.T) {
	for _, v := range vectors(t, "passive") {
		p, err := qr.ParsePassive(v.Payload)
		if err != nil {
			t.Errorf("%s: %v", v.Source, err)
			continue
		}
		wallet := strings.NewReplacer(" (CGCP)", "", "+", "-plus").Replace(v.Expected["wallet"].(string))
		if got := p.Candidates()[0].Wallet; !strings.HasPrefix(string(got), wallet) {
			t.Errorf("%s: %s, want %s", v.Source, got, wallet)
		}
	}
}

// A code is changed in one place and nowhere else: the same value again gives the same
// bytes, and another value and back does too.
func TestVectorsKeepTheirBytes(t *testing.T) {
	for _, v := range vectors(t, merchantSchemes()...) {
		c, err := qr.Parse(v.Payload)
		if err != nil {
			continue
		}
		for e := range c.Elements() {
			if e.Path() == "63" {
				continue
			}
			same, err := c.With(e.Path(), e.Reveal())
			if err != nil || same.Reveal() != v.Payload {
				t.Errorf("%s: %s set to itself: %v", v.Source, e.Path(), err)
			}
		}
		other, err := c.With("62.05", "ORDER-7")
		if err != nil {
			t.Errorf("%s: %v", v.Source, err)
			continue
		}
		if !other.Valid() || other.Value("62.05") != "ORDER-7" {
			t.Errorf("%s: reference %q", v.Source, other.Value("62.05"))
		}
		if was, ok := c.Find("62.05"); ok {
			back, err := other.With("62.05", was.Reveal())
			if err != nil || back.Reveal() != v.Payload {
				t.Errorf("%s: there and back gives another code: %v", v.Source, err)
			}
		}
	}
}
