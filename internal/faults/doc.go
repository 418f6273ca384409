// Package faults proves that no sale is lost and none is charged twice. It has no code of
// its own: its tests run the real terminal, register, link, store and simulator through
// schedules of faults that a seed decides.
//
// One schedule is 40 commands that one to three tills of a shop give on one host, whose
// kind is one of the host profiles, by the seed. The seed hands out what each message meets
// (lost, late, twice, out of order, cut short, bits flipped, a wrong authentication code, the
// connection closed before, within or after it), what the host does wrong (an answer to
// somebody else, working keys that it changed, a batch that it counts wrong once or for
// good, a reversal or a notice that it refuses and may have done all the same), where the
// power goes (before, in and after every commit, and between any two actions), when the disk
// is full or fails, when a wall clock jumps by a day, and when the operator cancels. A manager
// ends what is refused, or has it tried again. Then the links heal, everything must resolve within a minute, and the
// invariants of the design are held against the books of both sides.
//
// Time is that of testing/synctest and nothing happens at the same moment as anything
// else, so the same seed tells the same story, byte for byte. A failing seed is shrunk to
// the commands and faults that it needs and told in words:
//
//	make faults SEEDS=10000
//	make faults SEED=123
package faults
