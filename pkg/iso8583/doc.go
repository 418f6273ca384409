// Package iso8583 reads, writes and explains ISO 8583 messages.
package iso8583
