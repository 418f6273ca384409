package iso8583

import _ "embed"

// explainSchema is the contract of explanations as JSON.
//
//go:embed schema/explain.json
var explainSchema string

// ExplainSchema is the JSON Schema (draft 2020-12) of an [Explanation] as JSON.
func ExplainSchema() []byte { return []byte(explainSchema) }
