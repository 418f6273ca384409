package config

import (
	"fmt"

	"github.com/tillworks/till/internal/i18n"
)

// Layer is a kind of place that a setting may stand in, from the weakest to the
// strongest.
type Layer string

// The layers.
const (
	Default     Layer = "default"
	System      Layer = "system"      // the machine's file
	User        Layer = "user"        // the user's file
	Project     Layer = "project"     // ./till.toml
	Environment Layer = "environment" // TILL_*
	FlagLayer   Layer = "flag"
)

// Origin is where a setting came from: the layer, the file, variable or flag, and the
// line in the file.
type Origin struct {
	Layer Layer
	Name  string // path, variable or flag; "" of a default
	Line  int    // 0 where there are no lines
}

// String is what a message names: "till.toml:4", "TILL_HOST_ADDRESS", "--host",
// "default".
func (o Origin) String() string {
	switch {
	case o.Name == "":
		return string(o.Layer)
	case o.Line > 0:
		return fmt.Sprintf("%s:%d", o.Name, o.Line)
	}
	return o.Name
}

// Words is the layer for people.
func (l Layer) Words() i18n.Text {
	switch l {
	case System:
		return i18n.T("machine", "本机")
	case User:
		return i18n.T("user", "用户")
	case Project:
		return i18n.T("project", "项目")
	case Environment:
		return i18n.T("environment", "环境变量")
	case FlagLayer:
		return i18n.T("flag", "标志")
	case Default:
	}
	return i18n.T("default", "默认")
}

var _ fmt.Stringer = Origin{}
