package emv

import "fmt"

// StepName is a stage of a transaction, a word for programs.
type StepName string

// The stages, in the order in which they come.
const (
	StepSelectDirectory   StepName = "select directory"
	StepReadDirectory     StepName = "read directory"
	StepSelectProximity   StepName = "select proximity directory"
	StepPrepare           StepName = "contactless preparation"
	StepSelectByAID       StepName = "select by list"
	StepSelectNext        StepName = "select next"
	StepChoose            StepName = "choose application"
	StepSelectApplication StepName = "select application"
	StepInitiate          StepName = "get processing options"
	StepReadRecord        StepName = "read record"
	StepCardData          StepName = "check card data"
	StepAuthenticateData  StepName = "offline data authentication"
	StepInternalAuth      StepName = "internal authenticate"
	StepRestrictions      StepName = "processing restrictions"
	StepCardholder        StepName = "cardholder verification"
	StepGetData           StepName = "get data"
	StepChallenge         StepName = "get challenge"
	StepVerify            StepName = "verify pin"
	StepRisk              StepName = "terminal risk management"
	StepAction            StepName = "terminal action analysis"
	StepGenerate1         StepName = "first generate ac"
	StepOnline            StepName = "issuer answer"
	StepExternalAuth      StepName = "external authenticate"
	StepScript            StepName = "issuer script"
	StepGenerate2         StepName = "second generate ac"
)

// Text names the stage in English or, for "zh", in Chinese.
func (n StepName) Text(lang string) string {
	if lang == "zh" {
		return n.chinese()
	}
	return string(n)
}

func (n StepName) chinese() string {
	switch n {
	case StepSelectDirectory:
		return "选择支付系统目录"
	case StepReadDirectory:
		return "读目录记录"
	case StepSelectProximity:
		return "选择非接支付系统目录"
	case StepPrepare:
		return "非接预处理"
	case StepSelectByAID:
		return "按 AID 列表选择"
	case StepSelectNext:
		return "选择下一个"
	case StepChoose:
		return "选定应用"
	case StepSelectApplication:
		return "最终选择应用"
	case StepInitiate:
		return "取处理选项"
	case StepReadRecord:
		return "读记录"
	case StepCardData:
		return "检查卡片数据"
	case StepAuthenticateData:
		return "脱机数据认证"
	case StepInternalAuth:
		return "内部认证"
	case StepRestrictions:
		return "处理限制"
	case StepCardholder:
		return "持卡人验证"
	case StepGetData:
		return "取数据"
	case StepChallenge:
		return "取随机数"
	case StepVerify:
		return "验证 PIN"
	case StepRisk:
		return "终端风险管理"
	case StepAction:
		return "终端行为分析"
	case StepGenerate1:
		return "第一次生成应用密文"
	case StepOnline:
		return "发卡行应答"
	case StepExternalAuth:
		return "外部认证"
	case StepScript:
		return "发卡行脚本"
	case StepGenerate2:
		return "第二次生成应用密文"
	}
	return string(n)
}

// Step is one stage as it went, for people: what was sent, what came back, and what
// both mean. Card numbers, tracks, names and PIN data in it are masked.
type Step struct {
	Name StepName
	// Command and Response are hexadecimal with asterisks for what is masked. Both are
	// empty where the terminal worked alone. Answers that a card gave in pieces (61xx,
	// 6Cxx) are put together; Response has no status word.
	Command, Response string
	// SW is the status word of the answer, zero where there was no command.
	SW    uint16
	notes []words
}

// words is one sentence in both languages.
type words struct{ en, zh string }

func (w words) in(lang string) string { return pick(lang, w.en, w.zh) }

// Notes says what happened, one sentence each, in English or, for "zh", in Chinese.
func (s Step) Notes(lang string) []string {
	said := make([]string, len(s.notes))
	for i, n := range s.notes {
		said[i] = n.in(lang)
	}
	return said
}

// note adds a sentence; both formats take the same arguments. An argument of type
// words is said in the language of the sentence.
func (s *Step) note(en, zh string, args ...any) {
	s.notes = append(s.notes, words{en: fmt.Sprintf(en, inLang("en", args)...), zh: fmt.Sprintf(zh, inLang("zh", args)...)})
}

func inLang(lang string, args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		if w, ok := a.(words); ok {
			a = w.in(lang)
		}
		out[i] = a
	}
	return out
}

// both says something in both languages by a function that knows one.
func both(say func(lang string) string) words { return words{en: say("en"), zh: say("zh")} }
