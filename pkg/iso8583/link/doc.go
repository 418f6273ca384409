// Package link carries ISO 8583 messages between terminals and hosts: what net/http is
// to requests of the web. [Dial] gives a [Client], whose RoundTrip sends a request and
// returns its answer; a [Server] reads requests and lets a [Handler] answer them.
// Package linktest is a host for tests, as httptest is a server.
//
// # The protocol
//
// ISO 8583 defines messages and says nothing of how they travel. What the trade does is
// this. The terminal, or a concentrator on behalf of many, opens a TCP connection to
// the host, often with TLS, and leaves it open for hours. Both sides write messages on
// it when they have some. As a message does not tell its own length, each is put in a
// frame: a length first, in two bytes ([Binary2]) or in four digits ([ASCII4]; there
// are others, [FramingNames] lists them), and often between length and message a TPDU,
// five bytes of addresses inherited from dial-up networks, which the host returns with
// source and destination exchanged ([TPDU]).
//
// Answers come in any order. A host that waits for an issuer answers other requests
// meanwhile, and it may also never answer, answer after the terminal has given up, answer
// twice, or speak without having been asked. There is no number that ties an answer
// to its request except what the message itself holds. The 1987 edition of the standard
// has the answer repeat the trace number of the request (field 11), which each terminal
// counts for itself. So the trace number is not enough where terminals share a
// connection, and this package looks at three things: the version and the class of the
// message type (0200 is answered by 0210), the terminal (field 41), and the trace number.
// Everything else that an answer must have in common with its request, such as the
// amount, is for the caller to check.
//
// # What is known when there is no answer
//
// This is the question that decides whether a shopper pays twice, and an error answers
// it. [ErrNotSent]: not one byte of the request left this machine, nothing is owed.
// [ErrLinkLost], or the context's error without ErrNotSent: the host may have the request,
// the outcome is unknown and must be found out or reversed. Look for ErrNotSent first:
//
//	answer, err := client.RoundTrip(ctx, request)
//	switch {
//	case err == nil:                       // check it, then act on it
//	case errors.Is(err, link.ErrNotSent):  // as if it had never been
//	default:                               // unknown: reverse it
//	}
//
// What counts as sent is what the operating system has taken. That is the careful side: a
// request that was taken may still have been lost, and one that was not taken cannot
// arrive.
//
// A request under a key that is in flight is refused ([ErrInFlight]), as its answer could
// not be told from the other's. A message that answers nothing in flight, because it is
// late, a duplicate, or unasked for, goes to ClientConfig.Unmatched, exactly once; an
// answer taken off the wire while the deadline passes is returned by RoundTrip or handed
// over there, and never both. A frame that cannot be read answers nothing, and goes to
// ClientConfig.Garbled.
//
// # Framing errors
//
// A message that the spec cannot read costs that message alone, as does a frame without
// the TPDU that it should have ([ErrFrameSkipped]). A length that is no length, or above
// MaxFrame, ends the connection ([ErrFrame]): nothing says where the next frame begins,
// and to guess would be to read card data at the wrong offset. What a header claims is
// not allocated until it arrives.
//
// # Keep-alive
//
// Many hosts send empty frames, a length of nothing, to keep a connection from being
// taken for dead. Both sides skip them, and neither sends any: TCP has its own, which Go
// turns on. An echo test (0800) is an ordinary request.
//
// # Connections end
//
// A Client is one connection and does not come back: what was in flight when it broke is
// unknown, and whoever owns those transactions must act on that before anything else.
// [Client.Done] and [Client.Err] tell. Dialling again is a new Client.
//
// A Server that closes reads no further request, lets the ones at work finish and their
// answers go out, and only after its Grace cuts what is left.
//
// # Hosts that go wrong
//
// A Handler gives one answer or none. A [Replier] writes for itself, whole answers, bytes
// that are none, half a frame and the end of the connection: what a terminal must bear,
// and what a host for tests must be able to do.
//
// # TLS
//
// Both sides take a *tls.Config, and the mutual kind is a matter of its ClientAuth and
// Certificates. Versions below 1.2 are refused. There is no switch to skip verification:
// a config that does is accepted by the client towards loopback alone, unless it verifies
// by a function of its own.
//
// # Taps
//
// ClientConfig.Tap and Server.Tap see every message both ways, to explain, record or
// count them; [Stamp] adds the time of a clock. They see what is on the wire under the
// TLS: card numbers, tracks and PIN blocks in clear. A tap that shows or keeps anything
// must go through something that masks, such as Spec.Explain or the formatting of a
// Message; a [Frame] prints its length and nothing else.
package link
