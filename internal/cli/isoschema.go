package cli

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/iso8583"
)

type isoSchemaOptions struct{ out out.Output }

// isoSchema is the contract of explanations.
type isoSchema struct {
	Command string          `json:"command"`
	Schema  json.RawMessage `json:"schema"`
}

func newISOSchema(env *Env, runF func(context.Context, *isoSchemaOptions) error) *cobra.Command {
	o := &isoSchemaOptions{}
	return newLeaf(env, leaf{
		use:   "schema",
		short: i18n.T("Print the schema of what explain writes", "输出 explain 的 JSON 模式"),
		long: i18n.T(
			"Print the JSON Schema (draft 2020-12) of the objects that till iso explain --json and\n-O ndjson write. Programs that read them may rely on it.",
			"输出 till iso explain --json 与 -O ndjson 所写对象的 JSON Schema（draft 2020-12），供读取这些\n对象的程序使用。"),
		examples: []example{
			{i18n.T("for a validator", "供校验器使用"), "till iso schema -o explain.schema.json"},
			{i18n.T("what a field of the explanation has", "解释结果中每个域的成员"), `till iso schema --jq '.schema."$defs".field.properties | keys[]'`},
		},
		result: isoSchema{},
		run:    runWith(either(env, runF, isoSchemaRun), o),
	}, &o.out)
}

func isoSchemaRun(_ context.Context, env *Env, o *isoSchemaOptions) error {
	schema := iso8583.ExplainSchema()
	whole := func(s out.Screen) error { return writeText(s, string(schema)) }
	return env.Write(&o.out, out.Result{
		Value:   isoSchema{Command: "till iso explain", Schema: schema},
		Writers: map[out.Format]func(out.Screen) error{out.Text: whole, out.JSON: whole},
	})
}
