package cli

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// benchAppends is how many appends tell the rate of a disk: a tenth of a second of most.
const benchAppends = 300

// measureDisk is how long the disk of a folder takes over appends of 512 bytes, each made
// durable in the cheapest way that the system has.
func measureDisk(dir string) (took []time.Duration, err error) {
	path := filepath.Join(dir, "disk")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(path)) }()
	block := make([]byte, 512)
	for range benchAppends {
		begun := time.Now()
		if _, err := f.Write(block); err != nil {
			return nil, err
		}
		if err := dataSync(f); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begun))
	}
	return took, nil
}
