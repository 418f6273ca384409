package emv_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/moov-io/bertlv"

	"github.com/tillworks/till/pkg/emv"
)

// blobRecords is how many records of 99 bytes make the blob of 990 kB that the targets
// are measured on.
const blobRecords = 10_000

// countLevel walks one level and those below.
func countLevel(r emv.Reader) int {
	n := 0
	for r.Next() {
		n++
		if o := r.Object(); o.Tag.IsConstructed() {
			n += countLevel(r.Inside(o))
		}
	}
	return n
}

// The iterator walks every object of the blob, templates and what is in them, and allocates
// nothing.
func BenchmarkReader(b *testing.B) {
	blob := records(blobRecords)
	b.SetBytes(int64(len(blob)))
	b.ReportAllocs()
	for b.Loop() {
		if countLevel(emv.NewReader(blob)) != 10*blobRecords {
			b.Fatal("objects are missing")
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for _, count := range []int{1, blobRecords} {
		data := records(count)
		b.Run(fmt.Sprintf("records=%d,bytes=%d", count, len(data)), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := emv.Parse(data, emv.Strict); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The peer, on the same blob in the same run. It gets valid input alone: on hostile input
// that version panics.
func BenchmarkPeerBertlv(b *testing.B) {
	blob := records(blobRecords)
	b.SetBytes(int64(len(blob)))
	b.ReportAllocs()
	for b.Loop() {
		if tree, err := bertlv.Decode(blob); err != nil || len(tree) != blobRecords {
			b.Fatal("records are missing: ", err)
		}
	}
}

// bertlv and Parse see the same objects in valid data.
func TestPeerBertlv(t *testing.T) {
	record := records(1)
	theirs, err := bertlv.Decode(record)
	if err != nil || len(theirs) != 1 {
		t.Fatal(len(theirs), err)
	}
	tree, err := emv.Parse(record, emv.Strict)
	if err != nil || len(tree) != len(theirs[0].TLVs)+1 {
		t.Fatalf("%d objects, the peer sees %d: %v", len(tree), len(theirs[0].TLVs)+1, err)
	}
	for i, o := range theirs[0].TLVs {
		if got := tree[i+1]; got.Tag.String() != o.Tag || !bytes.Equal(got.Value, o.Value) {
			t.Errorf("object %d: %s %X, the peer sees %s %X", i, got.Tag, got.Value, o.Tag, o.Value)
		}
	}
}

// Walking and saying the fields of a message allocate nothing.
func TestReaderAllocates(t *testing.T) {
	record := records(1)
	if n := testing.AllocsPerRun(100, func() { countLevel(emv.NewReader(record)) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
