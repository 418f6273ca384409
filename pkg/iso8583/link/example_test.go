package link_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// A host that knows one rule, and a terminal that asks it.
func Example() {
	spec, err := dialect.ISO87ASCII()
	if err != nil {
		panic(err)
	}
	server := &link.Server{
		Spec:    spec,
		Framing: link.Binary2(),
		Handler: link.HandlerFunc(func(_ context.Context, req *iso8583.Message) (*iso8583.Message, error) {
			code := "00"
			if req.Value("4") > "000000010000" {
				code = "61" // above 100.00
			}
			answer := spec.NewMessage(req.MTI().Response())
			err := errors.Join(answer.Set("11", req.Value("11")), answer.Set("39", code), answer.Set("41", req.Value("41")))
			return answer, err
		}),
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() { _ = server.Serve(context.Background(), listener) }()
	defer func() { _ = server.Close() }()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	client, err := link.Dial(ctx, listener.Addr().String(), link.ClientConfig{Spec: spec, Framing: link.Binary2()})
	if err != nil {
		panic(err)
	}
	defer func() { _ = client.Close() }()
	for stan, amount := range []string{"000000001250", "000000099900"} {
		req := spec.NewMessage("0200")
		if err := errors.Join(req.Set("4", amount), req.Set("11", fmt.Sprintf("%06d", stan+1)), req.Set("41", "TERM0001")); err != nil {
			panic(err)
		}
		answer, err := client.RoundTrip(ctx, req)
		if err != nil {
			panic(err)
		}
		fmt.Println(answer.MTI(), answer.Value("11"), answer.Value("39"))
	}
	// Output:
	// 0210 000001 00
	// 0210 000002 61
}

// A server lives as long as its context, here until a signal would come, and lets what it
// has begun come to its end.
func ExampleServer() {
	spec, err := dialect.ISO87ASCII()
	if err != nil {
		panic(err)
	}
	server := &link.Server{
		Spec:    spec,
		Framing: link.TPDU(link.Binary2(), [5]byte{0x60}),
		Handler: link.HandlerFunc(func(_ context.Context, req *iso8583.Message) (*iso8583.Message, error) {
			return nil, errors.New("the ledger is closed") // no answer: the terminal reverses
		}),
		Report: func(err error) { fmt.Println(err) },
		Grace:  time.Second,
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop() // signal.NotifyContext, in a program
	fmt.Println(server.Serve(ctx, listener))
	// Output: <nil>
}

// What an error says about the request decides what is owed for it.
func ExampleClient_RoundTrip() {
	spec, err := dialect.ISO87ASCII()
	if err != nil {
		panic(err)
	}
	silent := link.HandlerFunc(func(context.Context, *iso8583.Message) (*iso8583.Message, error) { return nil, nil })
	server := &link.Server{Spec: spec, Framing: link.ASCII4(), Handler: silent}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() { _ = server.Serve(context.Background(), listener) }()
	defer func() { _ = server.Close() }()
	client, err := link.Dial(context.Background(), listener.Addr().String(), link.ClientConfig{Spec: spec, Framing: link.ASCII4()})
	if err != nil {
		panic(err)
	}

	ask := func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		req := spec.NewMessage("0200")
		if err := errors.Join(req.Set("11", "000001"), req.Set("41", "TERM0001")); err != nil {
			panic(err)
		}
		_, err := client.RoundTrip(ctx, req)
		switch {
		case err == nil:
			fmt.Println("answered")
		case errors.Is(err, link.ErrNotSent):
			fmt.Println("not sent: nothing is owed")
		default:
			fmt.Println("unknown: reverse it")
		}
	}
	ask()
	if err := client.Close(); err != nil {
		panic(err)
	}
	ask()
	// Output:
	// unknown: reverse it
	// not sent: nothing is owed
}

// The two addresses of a TPDU change places on the way back.
func ExampleTPDU() {
	framing := link.TPDU(link.Binary2(), [5]byte{0x60, 0x00, 0x03, 0x00, 0x10})
	var wire bytes.Buffer
	if err := framing.WriteFrame(&wire, []byte("0800")); err != nil {
		panic(err)
	}
	fmt.Printf("%X\n", wire.Bytes())
	body, answer, err := link.ReadRequest(framing, &wire)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s, answered by %v\n", body, answer)
	// Output:
	// 0009600003001030383030
	// 0800, answered by binary2+tpdu:6000100003
}

// A tap sees everything in clear; Spec.Explain and Message are what may be shown of it.
func ExampleStamp() {
	spec, err := dialect.ISO87ASCII()
	if err != nil {
		panic(err)
	}
	clock := func() time.Time { return time.Date(2026, 11, 23, 10, 15, 0, 0, time.UTC) }
	tap := link.Stamp(clock, func(f link.Frame) {
		m, err := spec.Unpack(f.Bytes())
		if err != nil {
			panic(err)
		}
		fmt.Println(f.At.Format(time.TimeOnly), f, m.MTI(), m.Value("2"))
	})
	req := spec.NewMessage("0200")
	if err := req.Set("2", "4111111111111111"); err != nil {
		panic(err)
	}
	packed, err := req.Pack()
	if err != nil {
		panic(err)
	}
	tap(link.Sent, packed) // as ClientConfig.Tap would be
	// Output:
	// 10:15:00 sent, 38 bytes 0200 411111******1111
}
