package iso8583_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// explainContract is the schema, ready to check values.
func explainContract(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(iso8583.ExplainSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("explain.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("explain.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// Explanations of whole and of broken messages keep the contract, in both forms in which
// they become JSON.
func TestExplainSchema(t *testing.T) {
	schema := explainContract(t)
	check := func(what string, text []byte) {
		t.Helper()
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, name := range dialect.Names() {
		s := load(t, name)
		m := s.NewMessage("0200")
		for _, kv := range authorization() {
			_ = m.Set(kv[0], kv[1]) // what another edition has otherwise is left out
		}
		raw, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		for end := len(raw); end > 0; end -= 7 {
			x := s.Explain(raw[:end], "zh")
			x.Origin = iso8583.Origin{N: 1, Source: "a.pcap", Line: 3, Offset: 7, Time: "2026-11-23T02:40:11Z", From: "10.0.0.1:1", To: "10.0.0.2:2", Framing: "binary2", Confidence: "sure"}
			if x.Error != nil {
				x.Error.Repairs = []iso8583.ExplainedRepair{{Change: "…"}}
			}
			text, err := json.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			check(name+" by encoding/json", text)
			check(name+" appended", s.NewExplainer(iso8583.ExplainOptions{}).AppendJSON(nil, raw[:end], iso8583.Origin{}))
		}
	}
}

// The schema refuses what the contract does not have.
func TestExplainSchemaBites(t *testing.T) {
	schema := explainContract(t)
	for _, text := range []string{
		`{}`,
		`{"offset":0,"dialect":"x","mti":"02","fields":[],"trailing":0,"warnings":[]}`,
		`{"offset":0,"dialect":"x","mti":"0200","fields":null,"trailing":0,"warnings":[]}`,
		`{"offset":0,"dialect":"x","mti":"0200","fields":[],"trailing":0,"warnings":[],"surprise":1}`,
		`{"offset":0,"dialect":"x","mti":"0200","fields":[{"path":"4"}],"trailing":0,"warnings":[]}`,
		`{"offset":0,"dialect":"x","mti":"0200","fields":[],"trailing":0,"warnings":[],"error":{"text":""}}`,
	} {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(text)))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(value) == nil {
			t.Errorf("%s passes", text)
		}
	}
}
