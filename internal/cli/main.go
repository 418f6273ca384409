package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Main runs the process's command and returns its exit code. The first Ctrl-C asks the
// command to end, the second ends the process at once.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop() // the next signal has its default effect
	}()
	env := System()
	return Run(ctx, env, env.Args)
}
