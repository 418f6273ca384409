//go:build !linux

package sqlite_test

import "context"

// diskParts need the namespaces of Linux.
func diskParts() map[string]func(ctx context.Context, dir string) error { return nil }
