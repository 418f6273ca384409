package formats_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/settle"
	"github.com/tillworks/till/pkg/settle/formats"
)

// vector is a file that nobody here wrote, from a folder that is no part of the
// repository and named by TILL_VECTORS. It is told what the file is and gives what was
// made of it.
func vector(t *testing.T, file, want string) (settle.Proof, error) {
	t.Helper()
	dir := os.Getenv("TILL_VECTORS")
	if dir == "" {
		t.Skip("TILL_VECTORS does not name the folder of public test vectors")
	}
	data, err := os.ReadFile(filepath.Join(dir, "settle", file))
	if err != nil {
		t.Fatal(err)
	}
	d, err := formats.Detect(data[:min(len(data), 64<<10)])
	if err != nil {
		t.Fatal(err)
	}
	f, sure := d.Sure()
	if !sure || f.Name() != want {
		t.Fatalf("%s: sure %v of %+v", file, sure, d)
	}
	if len(d.Candidates[0].Evidence) == 0 || d.Candidates[0].Evidence[0].In("zh") == "" {
		t.Error("no evidence")
	}
	p, err := f.Prove(bytes.NewReader(data), settle.ReadOptions{File: file})
	if sum := indexed(t, dir, file); p.SHA256 != sum {
		t.Errorf("digest %s, want %s", p.SHA256, sum)
	}
	return p, err
}

// indexed is the digest of a vector by its index.
func indexed(t *testing.T, dir, file string) string {
	t.Helper()
	index, err := os.ReadFile(filepath.Join(dir, "settle", "index.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(index)) {
		var row struct{ File, SHA256 string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if row.File == file {
			return row.SHA256
		}
	}
	t.Fatalf("%s is not in the index", file)
	return ""
}

// The files of the vectors are known without a word, and read to the counts and totals
// that their index states.
func TestVectors(t *testing.T) {
	for file, c := range map[string]struct {
		format string
		sums   string
		totals int
	}{
		"wechat_refund_2018.csv": {"wechat-bill", "CNY refund 3 -3 0 -3", 5},
		"alipay_detail_gbk.csv":  {"alipay-detail", "CNY sale 6 6 0 6; CNY refund 4 -4 0 -4", 4},
		"unionpay_zm_synthetic.txt": {
			"unionpay-zm", "CNY sale 1 10000 60 9940; CNY refund 1 -2500 0 -2500", 0,
		},
		"stripe_payout_itemized.csv": {
			"stripe-payout", "GBP sale 1 4599 89 4510; GBP refund 1 -500 0 -500; GBP chargeback 1 -2000 1500 -3500; " +
				"GBP chargeback_reversal 1 2000 0 2000; GBP fee 1 -200 0 -200; GBP reserve 1 -500 0 -500; GBP payout 1 -1810 0 -1810", 0,
		},
		"square_transactions.csv": {"square-transactions", "USD sale 2 4412 139 4273; USD refund 1 -1296 0 -1296", 0},
		"adyen_settlement_detail_doc_rows.csv": {
			"adyen-settlement", "EUR chargeback 1 -34999 750 -35749; GBP sale 1 500 12 488", 0,
		},
	} {
		t.Run(file, func(t *testing.T) {
			p, err := vector(t, file, c.format)
			if err != nil {
				t.Fatal(err)
			}
			var sums []string
			for _, s := range p.Sums {
				sums = append(sums, fmt.Sprint(s.Currency, " ", s.Type, " ", s.Count, " ", s.Gross, " ", s.Fee, " ", s.Net))
			}
			if got := strings.Join(sums, "; "); got != c.sums {
				t.Errorf("got  %s\nwant %s", got, c.sums)
			}
			if len(p.Totals) != c.totals || p.Bad != 0 {
				t.Errorf("%d totals proved, want %d; %d bad rows", len(p.Totals), c.totals, p.Bad)
			}
		})
	}
}

// PayPal's documented sample is cut off before its footers; it is known all the same, its
// row is read, and the cut is told.
func TestVectorCutOff(t *testing.T) {
	p, err := vector(t, "paypal_stl_doc.csv", "paypal-settlement")
	if !errors.Is(err, settle.ErrTruncated) || p.Records != 1 || p.Sums[0].Gross != -3000 {
		t.Errorf("%v, %+v", err, p)
	}
}

// UnionPay's widths are bytes: the name of the sub-merchant is Chinese, and the terminal
// behind it is read all the same.
func TestVectorUnionPay(t *testing.T) {
	dir := os.Getenv("TILL_VECTORS")
	if dir == "" {
		t.Skip("TILL_VECTORS does not name the folder of public test vectors")
	}
	data, err := os.ReadFile(filepath.Join(dir, "settle", "unionpay_zm_synthetic.txt"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := formats.Load("unionpay-zm")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for r, err := range f.Read(bytes.NewReader(data), settle.ReadOptions{}) {
		if n++; err != nil || r.Terminal != "01080209" || r.Card != "621626******0018" || r.Time.Format("2006-01-02") != "2019-11-04" {
			t.Errorf("%+v, %v", r, err)
		}
	}
	if n != 2 {
		t.Errorf("%d rows", n)
	}
}

// A file of another kind is never taken for one of ours.
func TestVectorsOfOthers(t *testing.T) {
	dir := os.Getenv("TILL_VECTORS")
	if dir == "" {
		t.Skip("TILL_VECTORS does not name the folder of public test vectors")
	}
	for _, file := range []string{
		"bai2_sample1.txt", "camt053.v8.xml", "mt940_abnamro.sta", "nacha_ppd-debit.ach", "ipm_ascii_vbs.ipm", "ipm_ebcdic_1014.ipm",
		"unionpay_zm_layout.json", "index.jsonl",
	} {
		data, err := os.ReadFile(filepath.Join(dir, "settle", file))
		if err != nil {
			t.Fatal(err)
		}
		d, err := formats.Detect(data)
		if err != nil {
			t.Fatal(err)
		}
		if f, sure := d.Sure(); sure {
			t.Errorf("%s is taken for %s", file, f.Name())
		}
	}
}
