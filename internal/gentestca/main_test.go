package main

import (
	"bytes"
	"os"
	"testing"
)

// A second run makes what is there: nobody changed the keys by hand, and whoever doubts
// their origin can make them anew.
func TestGeneratedKeysAreThere(t *testing.T) {
	files, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")), want) {
			t.Errorf("%s is not what go run ./internal/gentestca makes", name)
		}
	}
}
