package wallet_test

import (
	"fmt"

	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// A payment code is handed in, the answer is lost, and a query tells what became of it.
func ExampleStep() {
	cny, err := money.CurrencyByCode("CNY")
	if err != nil {
		fmt.Println(err)
		return
	}
	order := wallet.Order{Number: "8XK2M0Q4T6V1B3N5C7Z9A8XK", Flow: wallet.Scanned, Amount: money.New(1250, cny)}
	s := wallet.Begin(order, card.NewSecret("134567890123456789"))
	for _, e := range []wallet.Event{
		wallet.Start{},
		nil, // the commit came back
		wallet.NoAnswer{Reason: "timeout"},
		nil,
		wallet.Answered{Answer: wallet.Answer{Status: wallet.Paid, TradeNo: "42"}},
		nil,
	} {
		if e == nil {
			e = wallet.Committed{Order: s.Order}
		}
		var actions []wallet.Action
		s, actions = wallet.Step(s, e)
		fmt.Printf("%-18T %-9s %T\n", e, s.Order.State, actions[0])
	}
	// Output:
	// wallet.Start       submitted wallet.Commit
	// wallet.Committed   submitted wallet.Submit
	// wallet.NoAnswer    unknown   wallet.Commit
	// wallet.Committed   unknown   wallet.Query
	// wallet.Answered    paid      wallet.Commit
	// wallet.Committed   paid      wallet.Print
}

func ExampleOrderState_Txn() {
	for _, s := range wallet.States() {
		fmt.Printf("%-9s %s\n", s, s.Txn())
	}
	// Output:
	// created   INTENT
	// shown     INTENT
	// submitted INTENT
	// pending   INTENT
	// unknown   INTENT
	// paid      APPROVED
	// failed    DECLINED
	// closing   INTENT
	// closed    DECLINED
	// reversing REVERSING
	// reversed  REVERSED
}
