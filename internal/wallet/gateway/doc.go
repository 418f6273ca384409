// Package gateway speaks to a wallet gateway over signed HTTP.
//
// # The protocol
//
// A question is a POST to one of six paths, one for each method of [wallet.Gateway],
// with a JSON body ([Question]) of at most 64 KiB. The answer has the status 200 and a
// JSON body ([Reply]) that repeats the order number, the refund number where there is
// one, and the amount and currency.
//
// Both are signed with one shared key of 16 bytes or more by HMAC-SHA256. Each line below
// ends in a line feed, the last one too:
//
//	question                       answer
//	request                        answer
//	POST                           the HTTP status
//	the path, as on the wire       the timestamp of the answer
//	the timestamp                  the nonce of the question
//	the nonce                      the body
//	the body
//
// The timestamp (Till-Timestamp) is in seconds since 1970, the nonce (Till-Nonce) 16
// random bytes in hexadecimal, the signature (Till-Signature) in hexadecimal. So a
// question cannot be sent to another path or turned into an answer, and an answer belongs
// to one question.
//
// A receiver takes a message whose signature is right (compared in constant time), whose
// timestamp is within five minutes of its clock, and whose nonce it has not seen within
// that time ([Guard]). What repeats a call is a new message with a new nonce and the same
// order number: the gateway knows orders by that.
//
// # What counts as an answer
//
// An answer that is not signed for this question, that is about another order, refund,
// amount or currency, that is no reply, is too long or has another status than 200 is no
// answer: a *till.NoAnswer of till.ReasonInvalid. A connection that broke or never stood
// is till.ReasonLink, NotSent in the second case; the end of the context is
// till.ReasonTimeout. None of them means that the order failed.
//
// # Notifications
//
// The gateway posts a [Notification] to the URL that an order named, signed as a question
// is. [Receiver] verifies it and hands on a [wallet.Notice].
//
// # Addresses
//
// A gateway is reached over TLS, or in clear on this machine. Redirects are not followed.
// A payment code is in the body of a submission and nowhere else: no error holds a part
// of a body, an address or a header.
package gateway
