package specfile

import (
	"bytes"
	"encoding/json"

	"github.com/goccy/go-yaml"

	"github.com/tillworks/till/pkg/iso8583"
)

// JSON writes a spec as a file that [Load] reads and, where moov can express it, moov's
// specs.ImportJSON too.
func JSON(spec *iso8583.Spec) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "\t")
	if err := enc.Encode(spec.Definition()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// YAML writes a spec as a file that [Load] reads and, where moov can express it, moov's
// specs.ImportYAML too.
func YAML(spec *iso8583.Spec) ([]byte, error) {
	data, err := json.Marshal(spec.Definition())
	if err != nil {
		return nil, err
	}
	return yaml.JSONToYAML(data)
}
