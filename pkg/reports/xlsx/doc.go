// Package xlsx writes reports as workbooks for Excel, LibreOffice and WPS.
//
// [Write] makes a sheet of each table of package reports. Numbers are numbers with the
// decimals of their currency, so that a formula can go on from them; identifiers such as
// barcodes are text, so that no digit is lost; text that begins as a formula does is
// defused. Rows go to the file as they are made, so a long table needs little memory,
// and one with more rows than a sheet has goes on in the next.
package xlsx
