package out

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/itchyny/gojq"
)

// parseJQ compiles an expression of jq; it costs nothing until somebody asks for it.
func parseJQ(expression string) (*gojq.Code, error) {
	query, err := gojq.Parse(expression)
	if err != nil {
		return nil, err
	}
	return gojq.Compile(query)
}

// writeJQ runs the code over a JSON value and writes one line a result: strings bare
// as jq -r does, everything else as JSON.
func writeJQ(w io.Writer, code *gojq.Code, raw []byte) error {
	input, err := decodeExact(raw)
	if err != nil {
		return err
	}
	results := code.Run(input)
	for {
		v, more := results.Next()
		if !more {
			return nil
		}
		if err, failed := v.(error); failed {
			return fmt.Errorf("jq: %w", err)
		}
		if err := writeJQValue(w, v); err != nil {
			return err
		}
	}
}

func writeJQValue(w io.Writer, v any) error {
	if s, ok := v.(string); ok {
		_, err := fmt.Fprintln(w, s)
		return err
	}
	line, err := gojq.Marshal(v)
	if err != nil {
		return fmt.Errorf("jq: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s\n", line)
	return err
}

// decodeExact keeps numbers as they are written: an amount of minor units above 2^53
// must not pass through a float.
func decodeExact(raw []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	return v, err
}
