// Package key holds the symmetric keys of payment systems in a type that cannot be
// printed.
//
// A [Key] knows what cipher it is for, gives a fixed mask to everything that formats
// it, and shows people its check value:
//
//	k, err := key.Parse(key.TDES, text)   // from a file, never from an argument
//	fmt.Println(k)                        // [key]
//	fmt.Println(k.CheckValue())           // 08D7B4
//
// [Key.Block] is the cipher, which is all that most callers need. [Key.Reveal] gives the
// bytes, for wrapping and derivation; who calls it can be listed.
//
// [Combine] makes a key of the components that several custodians hold.
package key
