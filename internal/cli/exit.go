package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// exitCode is what the process ends with. The numbers are a promise: scripts branch
// on them.
type exitCode int

// The exit codes.
const (
	exitDone         exitCode = 0
	exitFailure      exitCode = 1
	exitUsage        exitCode = 2
	exitDeclined     exitCode = 3
	exitNotPermitted exitCode = 4
	exitNoDevice     exitCode = 5
	exitUnknown      exitCode = 6
	exitDifferences  exitCode = 7
	exitPending      exitCode = 8
	exitInterrupted  exitCode = 130
)

// exitCodes lists them in order.
func exitCodes() []exitCode {
	return []exitCode{
		exitDone, exitFailure, exitUsage, exitDeclined, exitNotPermitted,
		exitNoDevice, exitUnknown, exitDifferences, exitPending, exitInterrupted,
	}
}

// name is the word for programs.
func (c exitCode) name() string {
	switch c {
	case exitDone:
		return "done"
	case exitUsage:
		return "usage"
	case exitDeclined:
		return "declined"
	case exitNotPermitted:
		return "not_permitted"
	case exitNoDevice:
		return "no_device"
	case exitUnknown:
		return "unknown"
	case exitDifferences:
		return "differences"
	case exitPending:
		return "pending"
	case exitInterrupted:
		return "interrupted"
	case exitFailure:
	}
	return "failure"
}

// meaning is the sentence for people.
func (c exitCode) meaning() i18n.Text {
	switch c {
	case exitDone:
		return i18n.T("done", "已完成")
	case exitUsage:
		return i18n.T("the command or its input makes no sense as given; nothing was done", "命令或输入有误；未执行任何操作")
	case exitDeclined:
		return i18n.T("declined by the host or the card", "被主机或卡片拒绝")
	case exitNotPermitted:
		return i18n.T("not permitted by a rule or a role", "规则或权限不允许")
	case exitNoDevice:
		return i18n.T("no reader, no card or no other device", "没有读卡器、卡片或其他设备")
	case exitUnknown:
		return i18n.T("outcome unknown; a reversal is queued and will be sent until the host acknowledges it", "结果未知；冲正已排队，将一直发送到主机确认为止")
	case exitDifferences:
		return i18n.T("differences were found, or messages that are broken or unknown", "发现差异，或报文损坏、无法识别")
	case exitPending:
		return i18n.T("something is pending and must be resolved first", "有待处理事项，须先解决")
	case exitInterrupted:
		return i18n.T("interrupted by the user", "被用户中断")
	case exitFailure:
	}
	return i18n.T("failure", "失败")
}

// exitError ends a command whose result was written already and is no failure of the
// program: a declined sale, an unknown outcome, differences. Nothing more is printed.
type exitError struct{ code exitCode }

// Error implements error.
func (e exitError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// exitOf is the one place where an error becomes an exit code.
func exitOf(err error) exitCode {
	var data exitError
	var problem *till.Problem
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &data):
		return data.code
	case errors.As(err, &problem):
		return exitOfCode(problem.Code)
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailure
}

func exitOfCode(code till.Code) exitCode {
	switch code {
	case till.CodeUsage, till.CodeConflict:
		return exitUsage
	case till.CodeNotPermitted:
		return exitNotPermitted
	case till.CodeDeclined:
		return exitDeclined
	case till.CodeNoDevice:
		return exitNoDevice
	case till.CodeDifference:
		return exitDifferences
	case till.CodePending:
		return exitPending
	case till.CodeInterrupted:
		return exitInterrupted
	case till.CodeFailure, till.CodeNotFound, till.CodeHostDown, till.CodeStore:
		return exitFailure
	}
	return exitFailure
}
