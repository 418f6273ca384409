// Command till takes payments, scripts transactions and explains dumps; see
// internal/cli for the commands.
package main

import (
	"os"
	"runtime"

	"github.com/tillworks/till/internal/cli"
)

// ballast is never touched and so takes no memory, but it counts as memory in use: what is
// thrown away is not collected before there is about as much of it. A command is over in a
// moment, and without this a large report spends a fifth of its time on collecting little.
const ballast = 48 << 20

func main() {
	keep := make([]byte, ballast)
	code := cli.Main()
	runtime.KeepAlive(keep)
	os.Exit(code)
}
