package store

import (
	"encoding/json"
	"fmt"

	"github.com/tillworks/till/internal/till"
)

// AboutDisclosure is the subject of a journal row that says that card data was shown in
// clear: the body is a till.Disclosure, the id its command.
const AboutDisclosure Subject = "disclosure"

// DisclosureBody is the canonical JSON of a disclosure in the journal.
func DisclosureBody(d till.Disclosure) ([]byte, error) {
	body, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("disclosure as JSON: %w", err)
	}
	return body, nil
}
