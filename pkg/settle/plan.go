package settle

// plan are the columns of a format by what is to be done with them, so that a row is read
// without looking at those that mean nothing.
type plan struct {
	texts   []int // references, cards, currencies, and whatever must not be empty
	moneys  []int
	grosses []int
	fees    []int
	nets    []int
	times   []int // and dates
	clocks  []int
	zones   []int
	sums    []int // that totals ask for
}

func planOf(columns []column) plan {
	var p plan
	for i := range columns {
		c := &columns[i]
		if c.required || c.role.isText() || c.role == roleCurrency || c.role == roleSettled {
			p.texts = append(p.texts, i)
		}
		if c.money {
			p.moneys = append(p.moneys, i)
		}
		if c.sum >= 0 {
			p.sums = append(p.sums, i)
		}
		if list := p.of(c.role); list != nil {
			*list = append(*list, i)
		}
	}
	return p
}

// of is the list of a role that has one of its own.
func (p *plan) of(r role) *[]int {
	switch r {
	case roleGross:
		return &p.grosses
	case roleFee:
		return &p.fees
	case roleNet:
		return &p.nets
	case roleTime, roleDate:
		return &p.times
	case roleClock:
		return &p.clocks
	case roleZone:
		return &p.zones
	default:
		return nil
	}
}
