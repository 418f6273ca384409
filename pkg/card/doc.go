// Package card holds what is written on a payment card without letting it out.
//
// A [PAN] cannot be printed: every verb of fmt, JSON, text marshalling, slog, errors
// and panics give the mask or nothing. The digits come out by [PAN.Reveal] alone,
// whose callers in this module are a list that a test holds. [Secret] does the same
// for what must never be kept at all: card verification values, PIN blocks, and the
// whole of a [Track2].
//
// Numbers follow ISO/IEC 7812 (PAN, Luhn), dates and service codes ISO/IEC 7813.
package card
