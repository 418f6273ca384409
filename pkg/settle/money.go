package settle

import "github.com/tillworks/till/pkg/money"

// readAmounts reads every column of amounts in the row.
func (rd *reader) readAmounts(rec *Record) error {
	for _, i := range rd.f.plan.moneys {
		col := &rd.f.columns[i]
		b := rd.value(i)
		if rd.has[i] = len(b) > 0; !rd.has[i] {
			continue
		}
		currency := rec.Currency
		if (col.role == roleFee || col.role == roleNet) && !rec.Settled.IsZero() {
			currency = rec.Settled
		}
		if currency.IsZero() {
			return rd.bad1(i, ErrCurrency, Text{"the row states none and the format has none", "该行没有币种,格式也没有"})
		}
		v, err := rd.amount(col, b, currency, rec.Type)
		if err != nil {
			return rd.bad1(i, err, textf("got %s", "得到%s", quote(string(b))))
		}
		rd.vals[i] = v
	}
	return nil
}

// amount reads the text of an amount with its sign.
func (rd *reader) amount(col *column, b []byte, c money.Currency, kind Type) (int64, error) {
	plus := int64(1)
	switch col.sign {
	case signCD, signDC:
		if b[0] != 'C' && b[0] != 'D' {
			return 0, ErrSign
		}
		if (b[0] == 'C') != (col.sign == signCD) {
			plus = -1
		}
		b = b[1:]
	case signColumn, signCounter:
		var err error
		if plus, err = signWord(rd.value(col.signFrom)); err != nil {
			return 0, err
		}
		if col.sign == signCounter {
			plus = -plus
		}
	case signDebit, signNegated:
		plus = -1
	case signWritten, signCredit, signUnsigned:
	}
	v, err := col.amount.parse(b, c.Exponent())
	if err != nil {
		return 0, err
	}
	if v < 0 && col.sign != signWritten && col.sign != signNegated {
		return 0, ErrSign
	}
	if v == -1<<63 {
		return 0, ErrOverflow
	}
	return plus * v, nil
}

// signWord reads a column that tells credit from debit.
func signWord(b []byte) (int64, error) {
	switch string(b) {
	case "CR", "C", "+", "CRDT":
		return 1, nil
	case "DR", "D", "-", "DBIT":
		return -1, nil
	}
	return 0, ErrSign
}

// fillAmounts makes gross, fee and net of the columns, and checks what must be true of
// them: the sign fits the type, and net is gross less fee.
func (rd *reader) fillAmounts(rec *Record) error {
	gross, col, err := rd.sumOf(rd.f.plan.grosses)
	if rd.typ != nil && rd.typ.gross >= 0 {
		col = rd.typ.gross
		gross, err = rd.vals[col], nil
		if !rd.has[col] {
			return rd.bad1(col, ErrMissing, Text{})
		}
	}
	if err != nil {
		return rd.bad1(col, err, Text{})
	}
	if col < 0 {
		return rd.bad1(rd.f.plan.grosses[0], ErrMissing, Text{})
	}
	if rd.f.columns[col].sign == signUnsigned {
		gross = rec.Type.signed(gross)
	}
	if rec.Gross = gross; !rec.Type.fits(gross) {
		return rd.bad1(col, ErrSign, textf("%s of type %s", "%s,类型为%s", rec.GrossAmount(), rec.Type))
	}
	return rd.fillNet(rec)
}

// fillNet reads fee and net, or makes the net.
func (rd *reader) fillNet(rec *Record) error {
	fee, feeCol, err := rd.sumOf(rd.f.plan.fees)
	if err != nil {
		return rd.bad1(feeCol, err, Text{})
	}
	net, netCol, err := rd.sumOf(rd.f.plan.nets)
	if err != nil {
		return rd.bad1(netCol, err, Text{})
	}
	if netCol >= 0 && rd.f.columns[netCol].sign == signUnsigned {
		net = rec.Type.signed(net)
	}
	if feeCol >= 0 {
		rec.Fee, rec.Stated = fee, FeeStated
	}
	same := rec.Settled.IsZero() || rec.Settled == rec.Currency
	less, ok := sub(rec.Gross, rec.Fee)
	switch {
	case !ok:
		return rd.bad1(feeCol, ErrOverflow, Text{})
	case netCol < 0:
		rec.Net = less
	default:
		rec.Net = net
		rec.Stated |= NetStated
	}
	if same {
		rec.Settled = money.Currency{}
		if netCol >= 0 && feeCol >= 0 && net != less {
			return rd.bad1(netCol, ErrNet, textf("got %s, gross less fee is %s", "得到%s,总额减手续费为%s", rec.NetAmount(), money.New(less, rec.Currency)))
		}
	}
	return nil
}

// sumOf is the amount of the columns of a role: of the first that is not empty, or of all of
// them if they are to be added. The column is -1 where all are empty.
func (rd *reader) sumOf(columns []int) (sum int64, col int, err error) {
	col = -1
	for _, i := range columns {
		if !rd.has[i] {
			continue
		}
		if !rd.f.columns[i].add {
			return rd.vals[i], i, nil
		}
		var ok bool
		if sum, ok = add(sum, rd.vals[i]); !ok {
			return 0, i, ErrOverflow
		}
		col = i
	}
	return sum, col, nil
}

// count adds the record to the sums by which totals are proved.
func (rd *reader) count(rec *Record) error {
	s := rd.sumsOf(rec.Currency, rec.Type)
	s.count++
	fits := addTo(&s.gross, rec.Gross)
	fits = addTo(&s.fee, rec.Fee) && fits
	fits = addTo(&s.net, rec.Net) && fits
	for _, i := range rd.f.plan.sums {
		if rd.has[i] {
			fits = addTo(&s.columns[rd.f.columns[i].sum], rd.vals[i]) && fits
		}
	}
	if !fits {
		return rd.bad1(-1, ErrOverflow, Text{"the sums of the file", "文件合计"})
	}
	return nil
}

func addTo(sum *int64, by int64) (fits bool) {
	*sum, fits = add(*sum, by)
	return fits
}

func (rd *reader) sumsOf(c money.Currency, kind Type) *sums {
	if rd.last < len(rd.sums) && rd.sums[rd.last].currency == c && rd.sums[rd.last].kind == kind {
		return &rd.sums[rd.last]
	}
	for i := range rd.sums {
		if rd.sums[i].currency == c && rd.sums[i].kind == kind {
			rd.last = i
			return &rd.sums[i]
		}
	}
	rd.sums = append(rd.sums, sums{currency: c, kind: kind, columns: make([]int64, rd.f.summed)})
	rd.last = len(rd.sums) - 1
	return &rd.sums[rd.last]
}
