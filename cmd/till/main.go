// Command till takes payments, scripts transactions and explains dumps; see
// internal/cli for the commands.
package main

import (
	"os"
	"runtime/debug"

	"github.com/tillworks/till/internal/cli"
)

func main() {
	// A command is over in a moment and holds little: to collect at every doubling of it
	// costs a large report a fifth of its time.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	os.Exit(cli.Main())
}
