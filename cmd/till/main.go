// Command till takes payments, scripts transactions and explains dumps; see
// internal/cli for the commands.
package main

import (
	"os"

	"github.com/tillworks/till/internal/cli"
)

func main() { os.Exit(cli.Main()) }
