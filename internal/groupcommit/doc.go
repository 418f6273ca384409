// Package groupcommit lets callers who write at the same time share one COMMIT, and with
// it one wait for the disk. Each caller's change runs under a savepoint of its own, so that
// one that fails is undone alone, and each caller returns only after the COMMIT that holds
// its change.
//
// Nobody waits for company: whoever finds the connection free leads and commits at once.
// Those who arrive meanwhile run their changes in the leader's transaction until it
// commits, and those who arrive during the COMMIT are the next group, led by the first of
// them. There is no goroutine and no timer; where the last group was of several, a leader
// lets others have the processor once before it commits.
package groupcommit
