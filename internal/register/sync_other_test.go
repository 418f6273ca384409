//go:build !linux

package register_test

import "os"

// dataSync is the cheapest durable write of the system.
func dataSync(f *os.File) error { return f.Sync() }
