package gateway_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/tillworks/till/internal/wallet/gateway"
)

// A question is signed by the till and let in by the gateway, once.
func ExampleGuard_Open() {
	key, err := gateway.NewKey([]byte("sixteen bytes or more"))
	if err != nil {
		fmt.Println(err)
		return
	}
	noon := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	guard := gateway.NewGuard(key, func() time.Time { return noon })
	body := []byte(`{"number":"8XK2M0Q4T6V1B3N5C7Z9A8XK"}`)
	nonce, _ := hex.DecodeString("00112233445566778899aabbccddeeff")
	for range 2 {
		r, err := http.NewRequest(http.MethodPost, "https://gateway.example"+gateway.PathQuery, bytes.NewReader(body))
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := key.SignRequest(r, body, noon, bytes.NewReader(nonce)); err != nil {
			fmt.Println(err)
			return
		}
		_, err = guard.Open(r)
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// the nonce is missing or was used before
}
