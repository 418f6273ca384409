// Package common holds what the pages and the frame of the checkout screen agree on: the
// page interface, the messages between them, the space and styles that a view is given,
// and the port to the use cases. It holds no page and does no I/O.
package common
