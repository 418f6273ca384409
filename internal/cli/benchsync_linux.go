package cli

import (
	"os"
	"syscall"
)

// dataSync makes what was written to a file durable.
func dataSync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
