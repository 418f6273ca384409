package link

import "errors"

// Errors of a request; match with errors.Is. Together with the context's own error
// they say what the caller must know: whether the other side may hold the request.
var (
	// ErrNotSent says that not one byte of the request left this machine: it may be
	// sent again or given up, and nothing is owed for it. Look for it before the
	// context's error, which may stand beside it: a deadline that ran out while the
	// request waited for its turn to be written gives both.
	ErrNotSent = errors.New("request not sent")

	// ErrLinkLost says that the link broke after the writing of the request began.
	// The other side may have all of it, and what became of it is unknown.
	ErrLinkLost = errors.New("link lost")

	// ErrInFlight says that a request under the same key waits for its answer on this
	// link, so that an answer could not be told to be the one's or the other's. It
	// comes with ErrNotSent, which here is true of the second request alone.
	ErrInFlight = errors.New("a request under this key is in flight")
)
