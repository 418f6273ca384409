// Package faultscript is what a simulated host is to get wrong: a file of rules that say
// which messages meet which [Fate].
//
// [Parse] reads a script and finds what is wrong with it, [NewPlayer] begins one, and
// [Player.Decide] gives each message its fate. [Rule.Words] and [Fate.Words] say in both
// languages what happens. [Examples] are shipped. Nothing here does anything to a message:
// that is package faultlink. docs/fault-scripts.md is for those who write scripts.
package faultscript
