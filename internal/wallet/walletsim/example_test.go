package walletsim_test

import (
	"fmt"

	"github.com/tillworks/till/internal/wallet/walletsim"
)

func ExampleRules() {
	for _, r := range walletsim.Rules() {
		fmt.Printf("x.%02d %s\n", r.Minor, r.Meaning.In("en"))
	}
	// Output:
	// x.71 pending for three queries, then paid
	// x.72 the answer is lost after it has succeeded: the till must query
	// x.73 paid, and notified twice
	// x.74 paid, and notified late
	// x.75 never paid, but a forged notification says so: the till must ignore it
	// x.76 the shopper never pays: the till gives up and closes or reverses
	// x.77 paid just as the till closes it: it must refund itself
	// x.78 refused: insufficient balance
	// x.79 HTTP status 500 once, then fine
	// x.80 paid, but no answer for a while
	// x.81 refund: pending for three queries, then done
	// x.82 refund: done, but the answer is lost
	// x.83 refund: refused
}
