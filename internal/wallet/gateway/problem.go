package gateway

import (
	"net/url"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

func badAddress(text string, cause error) error {
	if u, err := url.Parse(text); err == nil {
		text = u.Redacted()
	}
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("the address of the wallet gateway, %q, cannot be used", "钱包网关地址 %q 不可用").With(text),
		Hint: i18n.T("give https://host/path, or http://127.0.0.1:port for a gateway on this machine",
			"请使用 https://主机/路径；本机网关可用 http://127.0.0.1:端口").With(),
		Cause: cause,
	}
}

func shortKey(cause error) error {
	return &till.Problem{
		Code:  till.CodeUsage,
		What:  i18n.T("the key of the wallet gateway is too short; it has %d bytes or more", "钱包网关密钥过短，至少需要 %d 字节").With(MinKey),
		Hint:  i18n.T("use the key that the gateway gave you, whole", "请使用网关提供的完整密钥").With(),
		Cause: cause,
	}
}

func unreachable(base *url.URL, cause error) error {
	return &till.Problem{
		Code: till.CodeHostDown,
		What: i18n.T("the wallet gateway at %s gives no answer that can be trusted; nothing was charged",
			"位于 %s 的钱包网关没有给出可信的应答；未发生扣款").With(base.Redacted()),
		Hint: i18n.T("check the address, the line, the key that both sides share and the clock of this machine",
			"请检查地址、网络、双方共享的密钥以及本机时钟").With(),
		Cause: cause,
	}
}
