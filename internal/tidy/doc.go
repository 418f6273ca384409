// Package tidy holds the rules of the house as tests: which package may import which,
// who may see a card number in clear, that every text is said in both languages, that
// no real card number stands anywhere in the repository, and the like.
//
// The tests read files and run no command: the go tool notes which files a test opens,
// so a cached result is never stale, as it is when a test asks `go list`. Each failure
// says what to do. Changing a rule means changing a table here, which a reviewer sees.
package tidy
