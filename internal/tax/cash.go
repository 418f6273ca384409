package tax

import (
	"math"

	"github.com/tillworks/till/pkg/money"
)

// RoundCash rounds what is paid in cash to the smallest coin, given in minor units, halves
// away from zero, and says what that added: 12.37 with a coin of 5 is 12.35 and -0.02. A
// coin of 0 or 1 rounds nothing, and neither is an amount rounded whose rounding would not
// fit 64 bits. Only the cash part of a payment is rounded: a card pays the cent.
func RoundCash(a money.Amount, coin int64) (rounded, difference money.Amount) {
	same, none := a, money.New(0, a.Currency())
	if coin <= 1 {
		return same, none
	}
	below := a.Minor() % coin // of the sign of a
	step := -below
	switch {
	case below > 0 && below >= coin-below:
		step = coin - below
	case below < 0 && -below >= coin+below:
		step = -coin - below
	}
	if step > 0 && a.Minor() > math.MaxInt64-step || step < 0 && a.Minor() < math.MinInt64-step {
		return same, none
	}
	return money.New(a.Minor()+step, a.Currency()), money.New(step, a.Currency())
}
