package dump_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/gopacket/gopacket/reassembly"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

// streams is what gopacket's reassembly makes of a capture, by direction; "[n]" stands
// for bytes that are missing.
type streams map[string]*bytes.Buffer

func (s streams) New(net, tcp gopacket.Flow, _ *layers.TCP, _ reassembly.AssemblerContext) reassembly.Stream {
	one := &stream{}
	for i, ends := range [][4]string{
		{net.Src().String(), tcp.Src().String(), net.Dst().String(), tcp.Dst().String()},
		{net.Dst().String(), tcp.Dst().String(), net.Src().String(), tcp.Src().String()},
	} {
		one.out[i] = &bytes.Buffer{}
		s[fmt.Sprintf("%s:%s > %s:%s", ends[0], ends[1], ends[2], ends[3])] = one.out[i]
	}
	return one
}

type stream struct{ out [2]*bytes.Buffer }

func (s *stream) Accept(_ *layers.TCP, _ gopacket.CaptureInfo, _ reassembly.TCPFlowDirection, _ reassembly.Sequence, start *bool, _ reassembly.AssemblerContext) bool {
	*start = true
	return true
}

func (s *stream) ReassembledSG(sg reassembly.ScatterGather, _ reassembly.AssemblerContext) {
	dir, _, _, skip := sg.Info()
	out := s.out[0]
	if dir == reassembly.TCPDirServerToClient {
		out = s.out[1]
	}
	n, _ := sg.Lengths()
	if skip > 0 {
		fmt.Fprintf(out, "[%d]", skip)
	}
	if n > 0 {
		out.Write(sg.Fetch(n))
	}
}

func (s *stream) ReassemblyComplete(reassembly.AssemblerContext) bool { return true }

type packetContext gopacket.CaptureInfo

func (c *packetContext) GetCaptureInfo() gopacket.CaptureInfo { return gopacket.CaptureInfo(*c) }

// reassembled is what gopacket makes of a capture.
func reassembled(tb testing.TB, capture []byte) map[string]string {
	tb.Helper()
	all := streams{}
	assembler := reassembly.NewAssembler(reassembly.NewStreamPool(all))
	r, err := pcapgo.NewReader(bytes.NewReader(capture))
	if err != nil {
		tb.Fatal(err)
	}
	source := gopacket.NewPacketSource(r, r.LinkType())
	for p := range source.Packets() {
		if t, ok := p.TransportLayer().(*layers.TCP); ok {
			c := packetContext(p.Metadata().CaptureInfo)
			assembler.AssembleWithContext(p.NetworkLayer().NetworkFlow(), t, &c)
		}
	}
	assembler.FlushAll()
	out := map[string]string{}
	for name, b := range all {
		if b.Len() > 0 {
			out[name] = b.String()
		}
	}
	return out
}

// ours is what this package makes of it, in the same form.
func ours(tb testing.TB, capture []byte) map[string]string {
	tb.Helper()
	out := map[string]string{}
	for _, g := range readAll(tb, capture, dump.Options{Idle: 1000 * time.Hour}) {
		if g.err != nil {
			tb.Fatal(g.err)
		}
		if g.Lost > 0 {
			out[g.Stream] += fmt.Sprintf("[%d]", g.Lost)
		}
		out[g.Stream] += string(g.Data)
	}
	return out
}

// Connections that are cut at random, lost in part, sent again and shuffled come out as
// gopacket puts them together.
func TestReassemblyAgrees(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 8583))
		capture := pcap(t, shuffled(r)...)
		got, want := ours(t, capture), reassembled(t, capture)
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if got[name] != want[name] {
				t.Fatalf("seed %d, %s: got\n%q\nwant\n%q", seed, name, got[name], want[name])
			}
		}
		if len(got) != len(want) {
			t.Fatalf("seed %d: %d streams, want %d", seed, len(got), len(want))
		}
	}
}

// shuffled are the packets of two directions of a connection, each begun by its SYN.
func shuffled(r *rand.Rand) []segment {
	var all []segment
	for _, make := range []func(uint32, int, string) segment{client, server} {
		first := r.Uint32()
		data := strings.Repeat("abcdefghijklmnopqrstuvwxyz", 1+r.IntN(6))
		var part []segment
		for at := 0; at < len(data); {
			n := min(1+r.IntN(20), len(data)-at)
			flags := ack
			if r.IntN(2) == 0 {
				flags |= psh
			}
			switch r.IntN(10) {
			case 0: // lost
			case 1: // sent again, and a little more
				part = append(part, make(first+1+uint32(at), flags, data[at:at+n]), make(first+1+uint32(at), flags, data[at:min(at+n+5, len(data))]))
			case 2: // begins a little early
				early := max(at-7, 0)
				part = append(part, make(first+1+uint32(early), flags, data[early:at+n]))
			default:
				part = append(part, make(first+1+uint32(at), flags, data[at:at+n]))
			}
			at += n
		}
		for i := range part {
			if j := i + r.IntN(4); j < len(part) {
				part[i], part[j] = part[j], part[i]
			}
		}
		all = append(all, make(first, syn, ""))
		all = append(all, part...)
	}
	return all
}

// The dumps that other people pasted are read as they are.
func TestVectors(t *testing.T) {
	folder := os.Getenv("TILL_VECTORS")
	if folder == "" {
		t.Skip("TILL_VECTORS is not set")
	}
	raw, err := os.ReadFile(filepath.Join(folder, "iso8583.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	pasted := 0
	for line := range strings.Lines(string(raw)) {
		var v struct {
			ID, Hex  string
			AsPasted string `json:"as_pasted"`
		}
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		m := unhex(t, v.Hex)
		forms := map[string]string{
			"hex": v.Hex, "spaced": fmt.Sprintf("% X", m), "wrapped": wrap(v.Hex, 60), "rows": halved(m),
			"xxd": rowsOf(m, "%08x", ": ", "  %s"), "log": "2026-11-23 10:11:12,345 INFO [pool-1-thread-2] recv: " + v.Hex,
			"raw": string(m), "hex behind its length": fmt.Sprintf("%04x", len(m)) + hex.EncodeToString(m),
		}
		if v.AsPasted != "" {
			forms["as pasted"] = v.AsPasted
			pasted++
		}
		for name, text := range forms {
			opts := dump.Options{}
			if name == "raw" {
				opts.Format = dump.Raw
			}
			got := records(t, text, opts)
			if len(got) != 1 || !bytes.HasSuffix(got[0].Data, m) {
				t.Errorf("%s, %s: %d records, %s", v.ID, name, len(got), formatOf(text))
			}
		}
		if f := formatOf(string(m)); f != dump.Raw && f != dump.Text && f != dump.Hex {
			t.Errorf("%s: its bytes are taken for %q", v.ID, f)
		}
	}
	if pasted == 0 {
		t.Error("nothing was pasted")
	}
}
