package linktest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/iso8583/link/linktest"
)

// A sale whose answer is lost, and the reversal that follows from it.
func Example() {
	story := func(t testing.TB) {
		host := linktest.NewHost(t, linktest.Config{}, linktest.LoseAnswer(), linktest.Answer())
		client, err := link.Dial(context.Background(), host.Addr(), host.ClientConfig())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = client.Close() }()

		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		_, err = client.RoundTrip(ctx, request(t, "0200", 1))
		fmt.Println("sale: unknown,", errors.Is(err, context.DeadlineExceeded))

		answer, err := client.RoundTrip(context.Background(), request(t, "0400", 1))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("reversal:", answer.Value("39"))
		for _, r := range host.Received() {
			fmt.Println("the host received", r.Message.MTI(), "and played", r.Fate)
		}
	}
	runAsTest(story) // in a test, story is the test
	// Output:
	// sale: unknown, true
	// reversal: 00
	// the host received 0200 and played lost answer
	// the host received 0400 and played answer
}

// A message type with troubles of its own.
func ExampleHost_On() {
	runAsTest(func(t testing.TB) {
		host := linktest.NewHost(t, linktest.Config{})
		host.On("0400", linktest.Silence(), linktest.Answer())
		client, err := link.Dial(context.Background(), host.Addr(), host.ClientConfig())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = client.Close() }()
		for _, mti := range []iso8583.MTI{"0800", "0400", "0200", "0401"} {
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			_, err := client.RoundTrip(ctx, request(t, mti, 1))
			fmt.Println(mti, err == nil)
			cancel()
		}
	})
	// Output:
	// 0800 true
	// 0400 false
	// 0200 true
	// 0401 true
}

// runAsTest runs a test where there is none, as in an Example.
func runAsTest(test func(testing.TB)) {
	t := &recordingTB{}
	defer t.cleanUp()
	test(t)
}
