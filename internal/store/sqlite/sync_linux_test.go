package sqlite_test

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncData waits for the content of a file, as SQLite does.
func syncData(f *os.File) error { return unix.Fdatasync(int(f.Fd())) }
