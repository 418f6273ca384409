// Package cli is the command line: one file a command, and the frame that they hang in.
//
// [Main] builds the [Env] (streams, clock, environment, and the parts that cost
// something as functions), [Run] builds the tree of commands in the user's language,
// runs one and maps its error to an exit code in one switch.
//
// A command is written so:
//
//	func newX(env *Env, runF func(context.Context, *xOptions) error) *cobra.Command
//	func xRun(ctx context.Context, env *Env, o *xOptions) error
//
// newX parses flags into the options and says in both languages what the command is;
// runF takes the place of xRun in tests of the parsing. xRun does the work and knows
// nothing of cobra. docs/HACKING.md has the recipe for a new one.
package cli
