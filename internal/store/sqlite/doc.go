// Package sqlite keeps the shop's store in one SQLite file, till.db, for one shop and
// any number of programs on one machine.
//
// [Store.Begin] and every [Store.Record] are one commit each, and each commit is on the
// disk when it returns: the file is in WAL mode with synchronous=FULL, and a connection
// on which the two do not read back so is refused. A program has one connection that
// writes and a few that read.
//
// # Files
//
//	till.db, -wal, -shm   the store; 0600
//	reserve               1 MiB given up, once, to record an outcome on a full disk
//	owners/               one locked file for each program that has open transactions
//	migrate.lock          held while the schema is made or changed
//
// Nothing in this program may open till.db except through SQLite: closing any other
// descriptor of the file would drop the locks that SQLite holds on it (POSIX, fcntl).
//
// # Opening
//
// A store is looked at before it is touched. One that a newer program made, one that is
// damaged, and a file that is no store are refused and left as they are. The journal's
// tail, from its last checkpoint, is checked each time; [Store.Verify] checks all of it.
//
// # Books
//
// A noun of the shop's books is one row: its canonical JSON, and beside it the columns that
// it is found by. The ledgers (prices, stock moves, moves of points, clockings) are only
// ever added to, which triggers hold; sums that would take long to add up stand in tables
// of their own, moved in the commit that moves the ledger. [Store.Verify] makes all that
// is derived anew. Who is signed in and how often a PIN was wrong is no part of the books
// and not in the journal.
//
// A search text is looked up in an FTS5 index without positions of the one, two and three
// letters that stand side by side in names, options and SKUs, and what that finds is held
// against the text: any part of a word is found, in Chinese from one character on. Among
// 100,000 items the first 50 take 0.1 to 3 ms, a text of nothing but signs 30 ms.
//
// # Migrations
//
// Migrations are the numbered files under migrations, run by goose as a library. Each
// sets PRAGMA user_version to its number, so that opening a store that is up to date
// reads one number and never comes near goose (its first run takes about 2 ms for the
// commit, a later one 0.1 ms, and it weighs 0.9 MB in the binary).
package sqlite
