package faultscript_test

import (
	"fmt"

	"github.com/tillworks/till/internal/hostsim/faultscript"
)

// A script is read, says what it does, and decides.
func Example() {
	script, found := faultscript.Parse([]byte(`
rules:
  - name: second sale
    when: {kind: sale, nth: 2}
    do: lose
`))
	for _, f := range found {
		fmt.Println(f.Line, f.What)
	}
	fmt.Println(script.Rules[0].Words())

	player := faultscript.NewPlayer(script)
	for range 3 {
		fate := player.Decide(faultscript.Message{MTI: "0200", Kind: faultscript.Sale})
		fmt.Println(fate.Words())
	}
	// Output:
	// sale, number 2 of them: the request is processed, its answer is lost
	// answered as ever
	// the request is processed, its answer is lost
	// answered as ever
}
