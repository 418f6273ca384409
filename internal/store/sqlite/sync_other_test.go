//go:build !linux

package sqlite_test

import "os"

// syncData waits for a file; only Linux can leave out its times.
func syncData(f *os.File) error { return f.Sync() }
