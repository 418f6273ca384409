package formats_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/settle"
	"github.com/tillworks/till/pkg/settle/formats"
)

func ExampleDetect() {
	bill := "交易时间,公众账号ID,商户号,子商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,总金额,企业红包金额,商品名称,商户数据包,手续费,费率\n" +
		"`2026-10-05 12:00:00,`wx1,`1900000001,`,`,`420000001,`A1,`o1,`NATIVE,`SUCCESS,`CFT,`CNY,`12.50,`0.00,`tea,`,`0.08000,`0.60%\n" +
		"总交易单数,总交易额,总退款金额,总企业红包退款金额,手续费总金额\n" +
		"`1,`12.50,`0.00,`0.00,`0.08000\n"
	d, err := formats.Detect([]byte(bill))
	if err != nil {
		fmt.Println(err)
		return
	}
	f, sure := d.Sure()
	fmt.Println(f.Name(), sure)
	for _, e := range d.Candidates[0].Evidence {
		fmt.Println("-", e.In("en"))
	}
	for r, err := range f.Read(strings.NewReader(bill), settle.ReadOptions{File: "bill.csv"}) {
		fmt.Println(r.Source, r.Type, r.GrossAmount(), r.FeeAmount(), r.Order, err)
	}
	// Output:
	// wechat-bill true
	// - the header names every required column, 18 columns in all
	// - 1 rows of the head read without fault
	// - the end mark or the totals of the format are there
	// bill.csv:2 sale 12.50 CNY 0.08 CNY A1 <nil>
}

func TestAll(t *testing.T) {
	list, err := formats.All()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(formats.Names()) || len(list) < 8 {
		t.Fatalf("%d formats of %d names", len(list), len(formats.Names()))
	}
	for i, f := range list {
		if f.Name() != formats.Names()[i] || f.Title().In("zh") == f.Title().In("en") {
			t.Errorf("%s, %s", f.Name(), f.Title())
		}
	}
	if _, err := formats.Load("visa"); err == nil || !strings.Contains(err.Error(), "till-host") {
		t.Errorf("an unknown name: %v", err)
	}
}

// The layouts of WeChat's bills: 27, 20 and 29 columns today, 24, 18 and 26 before.
func TestWeChatLayouts(t *testing.T) {
	head := "交易时间,公众账号ID,商户号,%s,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
	now, old := fmt.Sprintf(head, "特约商户号")+"应结订单金额,代金券金额,", fmt.Sprintf(head, "子商户号")+"总金额,企业红包金额,"
	row := func(state string) string {
		return "`2026-10-05 12:00:00,`wx1,`1900000001,`0,`,`420000001,`A1,`o1,`NATIVE,`" + state + ",`OTHERS,`CNY,"
	}
	totals := "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\n"
	totalsOld := "总交易单数,总交易额,总退款金额,总企业红包退款金额,手续费总金额\n"
	for name, c := range map[string]struct {
		columns           int
		text              string
		kind              settle.Type
		gross, fee        int64
		refund, timestamp string
	}{
		"all": {27, now + "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\n" +
			row("SUCCESS") + "`12.50,`0.00,`0,`0,`0.00,`0.00,`,`,`tea, green,`,`0.08000,`0.60%,`12.50,`0.00,`\n" +
			totals + "`1,`12.50,`0.00,`0.00,`0.08000,`12.50,`0.00\n", settle.Sale, 1250, 8, "", "2026-10-05 12:00:00"},
		"all, refund": {27, now + "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\n" +
			row("REFUND") + "`0.00,`0.00,`503,`R1,`12.50,`0.00,`ORIGINAL,`SUCCESS,`tea,`,`-0.08000,`0.60%,`0.00,`12.50,`\n" +
			totals + "`1,`0.00,`12.50,`0.00,`-0.08000,`0.00,`12.50\n", settle.Refund, -1250, -8, "R1", "2026-10-05 12:00:00"},
		"success": {20, now + "商品名称,商户数据包,手续费,费率,订单金额,费率备注\n" +
			row("SUCCESS") + "`12.50,`0.00,`tea,`,`0.08000,`0.60%,`12.50,`\n" +
			totals + "`1,`12.50,`0.00,`0.00,`0.08000,`12.50,`0.00\n", settle.Sale, 1250, 8, "", "2026-10-05 12:00:00"},
		"refund": {29, now + "退款申请时间,退款成功时间,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\n" +
			row("REFUND") + "`0.00,`0.00,`2026-10-06 09:00:00,`2026-10-06 09:00:05,`503,`R1,`12.50,`0.00,`ORIGINAL,`SUCCESS,`tea,`,`-0.08000,`0.60%,`0.00,`12.50,`\n" +
			totals + "`1,`0.00,`12.50,`0.00,`-0.08000,`0.00,`12.50\n", settle.Refund, -1250, -8, "R1", "2026-10-06 09:00:05"},
		"old all": {24, old + "微信退款单号,商户退款单号,退款金额,企业红包退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率\n" +
			row("SUCCESS") + "`12.50,`0.00,`0,`0,`0.00,`0.00,`,`,`tea,`,`0.08000,`0.60%\n" +
			totalsOld + "`1,`12.50,`0.00,`0.00,`0.08000\n", settle.Sale, 1250, 8, "", "2026-10-05 12:00:00"},
		"old success": {18, old + "商品名称,商户数据包,手续费,费率\n" +
			row("SUCCESS") + "`12.50,`0.00,`tea,`,`0.08000,`0.60%\n" +
			totalsOld + "`1,`12.50,`0.00,`0.00,`0.08000\n", settle.Sale, 1250, 8, "", "2026-10-05 12:00:00"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, text := range []string{c.text, "\xEF\xBB\xBF" + strings.ReplaceAll(c.text, "\n", "\r\n")} {
				if n := strings.Count(text[:strings.Index(text, "\n")], ",") + 1; n != c.columns {
					t.Fatalf("%d columns", n)
				}
				checkOne(t, text, "wechat-bill", c.kind, c.gross, c.fee, c.refund, c.timestamp)
			}
			lie := strings.Replace(c.text, "\n`1,", "\n`2,", 1)
			f, _ := formats.Load("wechat-bill")
			if _, err := f.Prove(strings.NewReader(lie), settle.ReadOptions{}); !errors.Is(err, settle.ErrTotals) {
				t.Errorf("a lying count: %v", err)
			}
			if _, err := f.Prove(strings.NewReader(c.text[:strings.Index(c.text, "总交易单数")]), settle.ReadOptions{}); !errors.Is(err, settle.ErrTruncated) {
				t.Errorf("no totals: %v", err)
			}
			dear := strings.Replace(c.text, "0.08000,`0.60%", "0.08001,`0.60%", 1)
			if _, err := f.Prove(strings.NewReader(dear), settle.ReadOptions{}); !errors.Is(err, settle.ErrDecimals) {
				t.Errorf("a fifth decimal: %v", err)
			}
		})
	}
}

// checkOne detects a text and reads its one record.
func checkOne(t *testing.T, text, format string, kind settle.Type, gross, fee int64, refund, timestamp string) {
	t.Helper()
	d, err := formats.Detect([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	f, sure := d.Sure()
	if !sure || f.Name() != format {
		t.Fatalf("sure %v of %+v", sure, d.Candidates)
	}
	n := 0
	for r, err := range f.Read(strings.NewReader(text), settle.ReadOptions{}) {
		n++
		if err != nil || r.Type != kind || r.Gross != gross || r.Fee != fee || r.Refund != refund || r.Time.Format(time.DateTime) != timestamp {
			t.Errorf("%+v, %v", r, err)
		}
	}
	if n != 1 {
		t.Errorf("%d records", n)
	}
}

// A bill of Alipay's that lies, or is cut off, in each of its totals.
func TestAlipayTotals(t *testing.T) {
	text := "#支付宝业务明细查询\n#账号：[1]\n#起始日期：[x]\n#----业务明细列表----\n" +
		"支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,退款批次号/请求号,服务费（元）,备注\n" +
		"2026100522001\t,A1\t,交易\t,茶,2026-10-05 12:00:00,2026-10-05 12:00:05,\t,\t,\t,\t,*户\t,12.50,12.50,\t,-0.08,\n" +
		"2026100522001\t,A1\t,退款\t,茶,2026-10-05 12:00:00,2026-10-05 13:00:00,\t,\t,\t,\t,*户\t,-2.50,-2.50,R1\t,0.02,\n" +
		"#----业务明细列表结束----\n#交易合计：1笔，商家实收共12.50元，商家优惠共0.00元\n#退款合计：1笔，商家实收退款共-2.50元，商家优惠退款共0.00元\n#导出时间：[x]\n"
	f, err := formats.Load("alipay-detail")
	if err != nil {
		t.Fatal(err)
	}
	prove := func(text string) (settle.Proof, error) {
		gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return f.Prove(bytes.NewReader(gbk), settle.ReadOptions{})
	}
	p, err := prove(text)
	if err != nil || len(p.Totals) != 4 || p.Sums[0].Fee != 8 || p.Sums[1].Fee != -2 {
		t.Fatalf("%+v, %v", p, err)
	}
	for name, c := range map[string]struct {
		old, with string
		want      error
	}{
		"sales":        {"实收共12.50", "实收共12.51", settle.ErrTotals},
		"refunds":      {"共-2.50元", "共-2.51元", settle.ErrTotals},
		"count":        {"退款合计：1", "退款合计：2", settle.ErrTotals},
		"no end":       {"列表结束", "列表", settle.ErrTruncated},
		"no refunds":   {"#退款合计", "#", settle.ErrTruncated},
		"wrong type":   {",退款\t", ",转账\t", settle.ErrType},
		"not in GBK":   {"", "", nil},
		"wrong sign":   {"-2.50,-2.50", "-2.50,2.50", settle.ErrSign},
		"no such date": {"2026-10-05 13", "2026-13-05 13", settle.ErrDate},
	} {
		if c.want == nil {
			if _, err := f.Prove(strings.NewReader(text), settle.ReadOptions{}); !errors.Is(err, settle.ErrHeader) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if _, err := prove(strings.Replace(text, c.old, c.with, 1)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// The nets of a Stripe payout and of its rows come to zero, or the file is refused.
func TestStripeBalance(t *testing.T) {
	head := "automatic_payout_id,balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category\n"
	f, err := formats.Load("stripe-payout")
	if err != nil {
		t.Fatal(err)
	}
	sale := "po_1,txn_1,2026-10-05 12:00:00,gbp,45.99,0.89,45.10,charge\n"
	if _, err := f.Prove(strings.NewReader(head+sale+"po_1,txn_2,2026-10-06 00:00:00,gbp,-45.10,0.00,-45.10,payout\n"), settle.ReadOptions{}); err != nil {
		t.Error(err)
	}
	_, err = f.Prove(strings.NewReader(head+sale+"po_1,txn_2,2026-10-06 00:00:00,gbp,-45.00,0.00,-45.00,payout\n"), settle.ReadOptions{})
	var totals *settle.TotalsError
	if !errors.As(err, &totals) || totals.Got != 10 || totals.Want != 0 {
		t.Errorf("%v", err)
	}
	if _, err := f.Prove(strings.NewReader(head+sale), settle.ReadOptions{}); err != nil {
		t.Errorf("without the payout nothing is to be zero: %v", err)
	}
}

// hostFile is a file of till's own host with one sale.
func hostFile(t *testing.T) string {
	t.Helper()
	cny, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	w, err := settle.NewHostWriter(&b, "104290053110021", time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	r := settle.Record{Type: settle.Sale, Currency: cny, Gross: 1250, Net: 1250, Merchant: "1", Terminal: "2", Batch: "3", STAN: "4", Time: time.Unix(1780000000, 0)}
	if err := errors.Join(w.Write(r), w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Detection says what it sees, and is not sure of what it should not be.
func TestDetect(t *testing.T) {
	host := hostFile(t)
	for name, c := range map[string]struct {
		head, sure, note string
	}{
		"host":                {host, "till-host", "ASCII"},
		"host with BOM":       {"\xEF\xBB\xBF" + host, "till-host", "byte order mark"},
		"host, cut":           {host[:len(host)-100], "till-host", "ASCII"},
		"host, only its head": {host[:strings.Index(host, "\n1")+1], "till-host", "ASCII"},
		"host, next version":  {strings.Replace(host, "HOST,1", "HOST,2", 1), "", "ASCII"},
		"empty":               {"", "", "empty"},
		"blanks":              {" \n\n", "", "empty"},
		"zeros":               {"\x00\x01", "", "binary"},
		"gzip":                {"\x1F\x8B\x08", "", "gzip"},
		"zip":                 {"PK\x03\x04", "", "ZIP"},
		"excel":               {"\xD0\xCF\x11\xE0", "", "Excel"},
		"pdf":                 {"%PDF-1.7", "", "PDF"},
		"utf-16":              {"\xFF\xFEa\x00", "", "UTF-16"},
		"prose":               {"Dear Sir,\nyour settlement, as agreed.\n", "", "ASCII"},
		"other csv":           {"a,b,c\n1,2,3\n", "", "ASCII"},
		"a header alone":      {"currency,gross,fee,net\n", "", "ASCII"},
		"all rows wrong":      {"automatic_payout_id,balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category\n" + strings.Repeat("a,b,c,d,e,f,g,h\n", 9), "", "ASCII"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := formats.Detect([]byte(c.head))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if f, sure := d.Sure(); sure {
				got = f.Name()
			}
			if got != c.sure || len(d.Notes) != 1 || !strings.Contains(d.Notes[0].EN, c.note) {
				t.Errorf("sure of %q, want %q; notes %v; %+v", got, c.sure, d.Notes, d.Candidates)
			}
		})
	}
}

// A layout that lost a column is named, with what it lacks.
func TestDetectNear(t *testing.T) {
	d, err := formats.Detect([]byte("automatic_payout_id,balance_transaction_id,created_utc,currency,gross,fee,reporting_category\n"))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Candidates) == 0 || d.Candidates[0].Name != "stripe-payout" || !strings.Contains(d.Candidates[0].Evidence[0].EN, "lacks net") {
		t.Errorf("%+v", d.Candidates)
	}
	if _, sure := d.Sure(); sure {
		t.Error("sure of a layout that lacks a column")
	}
}

// Two formats that a file fits equally leave it open.
func TestDetectRivals(t *testing.T) {
	text, err := formats.Spec("stripe-payout")
	if err != nil {
		t.Fatal(err)
	}
	var list []*settle.Format
	for _, name := range []string{"one", "two"} {
		f, err := settle.LoadSpec(bytes.Replace(text, []byte("name: stripe-payout"), []byte("name: "+name), 1))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, f)
	}
	d := settle.Detect([]byte("automatic_payout_id,balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category\npo_1,txn_1,2026-10-05 12:00:00,gbp,45.99,0.89,45.10,charge\n"), list)
	if _, sure := d.Sure(); sure || len(d.Candidates) != 2 || d.Candidates[0].Name != "one" {
		t.Errorf("%+v", d)
	}
}
