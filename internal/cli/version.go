package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
)

type versionOptions struct{ out out.Output }

// version is what the build recorded of itself.
type version struct {
	Version  string `json:"version"`  // of the module, "(devel)" where it was built from a folder
	Revision string `json:"revision"` // of the source, "" where the build did not record it
	Time     string `json:"time"`     // of the revision, RFC 3339
	Modified bool   `json:"modified"` // the source had changes that the revision does not hold
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
	CGO      bool   `json:"cgo"` // without it there is no PC/SC on Linux and macOS
}

func newVersion(env *Env, runF func(context.Context, *versionOptions) error) *cobra.Command {
	o := &versionOptions{}
	return newLeaf(env, leaf{
		use:   "version",
		short: i18n.T("Show the version and how it was built", "显示版本与构建信息"),
		long:  i18n.T("Show the version of this binary, the revision of the source it was built from, and\nthe system it was built for.", "显示本程序的版本、所用源代码的修订号以及目标系统。"),
		examples: []example{
			{i18n.T("for people", "供人阅读"), "till version"},
			{i18n.T("the version alone, for a script", "仅输出版本号，供脚本使用"), "till version --jq .version"},
		},
		result: version{},
		run:    runWith(either(env, runF, versionRun), o),
	}, &o.out)
}

func versionRun(_ context.Context, env *Env, o *versionOptions) error {
	v := readVersion()
	text := func(out.Screen) string {
		line := fmt.Sprintf("till %s (%s, %s/%s)", v.Version, v.Go, v.OS, v.Arch)
		if v.Revision != "" {
			line += "\n" + i18n.T("revision %s of %s", "修订 %s，%s").With(v.Revision, v.Time).In(env.lang)
		}
		return line
	}
	return env.Write(&o.out, out.Result{Value: v, Text: text})
}

// readVersion reads what the Go linker put into the binary.
func readVersion() version {
	v := version{Version: "(devel)", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		case "CGO_ENABLED":
			v.CGO = s.Value == "1"
		}
	}
	return v
}
