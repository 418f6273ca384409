// Package pages holds the pages of the checkout screen. A page shows what it was told and
// asks a use case for everything that it does; what it needs of them is a small port
// beside it, and [Desk] is all of them.
package pages
