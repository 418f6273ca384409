package register_test

import (
	"os"
	"syscall"
)

// dataSync is the cheapest durable write of the system.
func dataSync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
