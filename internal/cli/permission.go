package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

type permissionOptions struct {
	out out.Output
}

// permissionView is a permission and what each role has of it.
type permissionView struct {
	Permission till.Permission `json:"permission"`
	Means      string          `json:"means"`
	Cashier    till.Grant      `json:"cashier"`
	Manager    till.Grant      `json:"manager"`
	Admin      till.Grant      `json:"admin"`
	Support    till.Grant      `json:"support"`
	Auditor    till.Grant      `json:"auditor"`
}

func newPermissions(env *Env, runF func(context.Context, *permissionOptions) error) *cobra.Command {
	o := &permissionOptions{}
	return newLeaf(env, leaf{
		use:   "permissions",
		short: i18n.T("Tell which role may do what", "列出各角色的权限"),
		long: i18n.T(
			"Tell which role may do what: yes, no, or with the approval of somebody who may.",
			"列出各角色的权限：可以、不可，或需有权限者授权。"),
		examples: []example{
			{i18n.T("who may void?", "谁可以撤销？"), `till staff permissions --jq '.[] | select(.permission == "void")'`},
		},
		result: []permissionView{},
		run:    runWith(either(env, runF, permissionsRun), o),
	}, &o.out)
}

func permissionsRun(_ context.Context, env *Env, o *permissionOptions) error {
	views := []permissionView{}
	table := out.Table{Columns: []out.Column{{Name: "permission", Head: i18n.T("MAY", "权限")}}}
	for _, r := range till.Roles() {
		head := i18n.Pair(strings.ToUpper(r.Text().In(i18n.English)), r.Text().In(i18n.Chinese))
		table.Columns = append(table.Columns, out.Column{Name: string(r), Head: head})
	}
	for _, row := range till.PermissionTable() {
		views = append(views, viewPermission(env, row))
		cols := []string{env.Say(row.Permission.Text())}
		for _, r := range till.Roles() {
			cols = append(cols, env.Say(row.Grants[r].Text()))
		}
		table.Rows = append(table.Rows, cols)
	}
	return env.Write(&o.out, out.Result{Value: views, Table: table})
}

func viewPermission(env *Env, row till.PermissionRow) permissionView {
	g := row.Grants
	return permissionView{
		Permission: row.Permission, Means: env.Say(row.Permission.Text()),
		Cashier: g[till.Cashier], Manager: g[till.Manager], Admin: g[till.Admin], Support: g[till.Support], Auditor: g[till.Auditor],
	}
}
