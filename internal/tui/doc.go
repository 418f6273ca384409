// Package tui is the checkout screen: the frame that holds its pages. Every action calls
// the use case that its command calls; the screen holds no rule of its own.
//
// The pages are in pages, what they are made of in components, and what they agree on in
// common. keymap names the keys, styles how it looks.
package tui
