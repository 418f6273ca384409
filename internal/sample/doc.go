// Package sample makes up the history of a shop: what would have been sold on a business
// day, priced by the same code as a sale of today. Pictures are drawn of it and programs
// are measured on it. The same options give the same history, day by day.
//
// It knows nothing of a store: what it makes is for whoever takes tickets of the past.
package sample
