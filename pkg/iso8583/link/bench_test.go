package link_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// BenchmarkRoundTrip is a request of three fields and its answer of four over loopback,
// both ends in this process, one after the other and with 64 in flight. The last case
// sends the same bytes through a bare socket that echoes them: what the machine gives.
func BenchmarkRoundTrip(b *testing.B) {
	s := spec(b)
	handler := link.HandlerFunc(func(_ context.Context, req *iso8583.Message) (*iso8583.Message, error) {
		answer := s.NewMessage(req.MTI().Response())
		for _, path := range []string{"4", "11", "41"} {
			if err := answer.Set(path, req.Value(path)); err != nil {
				return nil, err
			}
		}
		return answer, answer.Set("39", "00")
	})
	for _, inFlight := range []int{1, 64} {
		b.Run(fmt.Sprintf("inflight=%d", inFlight), func(b *testing.B) {
			addr := serve(b, &link.Server{Spec: s, Framing: link.Binary2(), Handler: handler})
			client := dialServer(b, addr, link.Binary2())
			b.ReportAllocs()
			b.ResetTimer()
			roundTrips(b, client, inFlight)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "roundtrips/s")
		})
	}
	b.Run("socket", benchmarkSocket)
}

// roundTrips shares b.N of them among so many goroutines, each a terminal of its own.
func roundTrips(b *testing.B, client *link.Client, terminals int) {
	var wg sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(b.N))
	for terminal := range terminals {
		wg.Go(func() {
			req := request(b, "0200", fmt.Sprintf("TERM%04d", terminal), 1)
			for left.Add(-1) >= 0 {
				if _, err := client.RoundTrip(context.Background(), req); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func benchmarkSocket(b *testing.B) {
	ln := listen(b)
	go func() {
		if conn, err := ln.Accept(); err == nil {
			_, _ = io.Copy(struct{ io.Writer }{conn}, struct{ io.Reader }{conn})
			_ = conn.Close()
		}
	}()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	frame := wireOf(b, request(b, "0200", "TERM0001", 1))
	b.ResetTimer()
	for range b.N {
		if _, err := conn.Write(frame); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(conn, frame); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "roundtrips/s")
}
