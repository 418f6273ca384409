// Package components holds the parts that pages of the checkout screen are made of:
// models with an Update that does no I/O and a View that is a pure function of the model
// and the space it is given.
package components
