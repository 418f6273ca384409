package keyblock

import "strings"

// words is a meaning in both languages.
type words struct{ en, zh string }

// in is the meaning in Chinese for "zh" and "zh-…", else in English.
func (w words) in(lang string) string {
	if lang == "zh" || strings.HasPrefix(lang, "zh-") {
		return w.zh
	}
	return w.en
}

// UsageMeaning says in words what a key of a usage is for (X9.143-2022), in
// Chinese for lang "zh" and else in English; "" for codes of no public meaning, among
// them the two-digit ones that are left to vendors.
func UsageMeaning(usage, lang string) string {
	return usages()[usage].in(lang)
}

// AlgorithmMeaning says in words what cipher a key is for (X9.143-2022).
func AlgorithmMeaning(algorithm byte, lang string) string {
	return map[byte]words{
		'A': {"AES", "AES"}, 'D': {"DES", "DES"}, 'T': {"triple DES", "三重 DES"}, 'H': {"HMAC", "HMAC"},
		'E': {"elliptic curve", "椭圆曲线"}, 'R': {"RSA", "RSA"}, 'S': {"DSA", "DSA"},
	}[algorithm].in(lang)
}

// ModeMeaning says in words what may be done with a key (X9.143-2022).
func ModeMeaning(mode byte, lang string) string {
	return map[byte]words{
		'B': {"encipher and decipher, wrap and unwrap", "加密与解密、封装与解封"},
		'C': {"make and check codes", "生成与校验 MAC"},
		'D': {"decipher and unwrap", "解密与解封"},
		'E': {"encipher and wrap", "加密与封装"},
		'G': {"make codes", "生成 MAC"},
		'N': {"no restriction", "无限制"},
		'S': {"sign", "签名"},
		'T': {"sign and decipher", "签名与解密"},
		'V': {"check codes", "校验 MAC"},
		'X': {"derive other keys", "派生其他密钥"},
		'Y': {"make variants", "生成变体密钥"},
	}[mode].in(lang)
}

// ExportabilityMeaning says in words whether a key may leave (X9.143-2022).
func ExportabilityMeaning(exportability byte, lang string) string {
	return map[byte]words{
		'E': {"under a trusted key, in a key block", "可在受信任密钥下以密钥块导出"},
		'N': {"not", "不可导出"},
		'S': {"under any key, also in other forms", "可在任意密钥下导出，形式不限"},
	}[exportability].in(lang)
}

func usages() map[string]words {
	return map[string]words{
		"B0": {"base derivation key of DUKPT", "DUKPT 基础派生密钥（BDK）"},
		"B1": {"initial key of DUKPT", "DUKPT 初始密钥"},
		"B2": {"base key variant key", "基础密钥变体密钥"},
		"B3": {"key derivation key", "密钥派生密钥"},
		"C0": {"card verification key", "卡片验证密钥（CVK）"},
		"D0": {"data encryption", "数据加密"},
		"D1": {"asymmetric data encryption", "非对称数据加密"},
		"D2": {"decimalization table encryption", "十进制转换表加密"},
		"D3": {"sensitive data encryption", "敏感数据加密"},
		"E0": {"issuer master key: application cryptograms", "发卡行主密钥：应用密文"},
		"E1": {"issuer master key: confidentiality of scripts", "发卡行主密钥：脚本机密性"},
		"E2": {"issuer master key: integrity of scripts", "发卡行主密钥：脚本完整性"},
		"E3": {"issuer master key: data authentication code", "发卡行主密钥：数据认证码"},
		"E4": {"issuer master key: dynamic numbers", "发卡行主密钥：动态数"},
		"E5": {"issuer master key: card personalization", "发卡行主密钥：卡片个人化"},
		"E6": {"issuer master key: other", "发卡行主密钥：其他"},
		"E7": {"master personalization key", "个人化主密钥"},
		"I0": {"initialization vector", "初始向量"},
		"I1": {"control vector", "控制向量"},
		"K0": {"key encryption or wrapping", "密钥加密或封装"},
		"K1": {"key block protection key", "密钥块保护密钥（KBPK）"},
		"K2": {"asymmetric key for key transport", "用于密钥传输的非对称密钥"},
		"K3": {"asymmetric key for key agreement", "用于密钥协商的非对称密钥"},
		"K4": {"key block protection key of ISO 20038", "ISO 20038 密钥块保护密钥"},
		"M0": {"MAC of ISO 16609, algorithm 1 with triple DES", "ISO 16609 MAC：算法 1（三重 DES）"},
		"M1": {"MAC of ISO 9797-1, algorithm 1", "ISO 9797-1 MAC 算法 1"},
		"M2": {"MAC of ISO 9797-1, algorithm 2", "ISO 9797-1 MAC 算法 2"},
		"M3": {"MAC of ISO 9797-1, algorithm 3", "ISO 9797-1 MAC 算法 3"},
		"M4": {"MAC of ISO 9797-1, algorithm 4", "ISO 9797-1 MAC 算法 4"},
		"M5": {"MAC of ISO 9797-1:1999, algorithm 5", "ISO 9797-1:1999 MAC 算法 5"},
		"M6": {"MAC of ISO 9797-1, algorithm 5: CMAC", "ISO 9797-1 MAC 算法 5：CMAC"},
		"M7": {"HMAC", "HMAC"},
		"M8": {"MAC of ISO 9797-1, algorithm 6", "ISO 9797-1 MAC 算法 6"},
		"P0": {"PIN encryption", "PIN 加密"},
		"P1": {"generation of PINs", "PIN 生成"},
		"S0": {"asymmetric key pair for signatures", "签名用非对称密钥对"},
		"S1": {"asymmetric key pair of a certificate authority", "认证机构非对称密钥对"},
		"S2": {"asymmetric key pair for other uses", "其他用途非对称密钥对"},
		"V0": {"PIN verification, other method", "PIN 验证：其他方法"},
		"V1": {"PIN verification, IBM 3624", "PIN 验证：IBM 3624"},
		"V2": {"PIN verification, Visa PVV", "PIN 验证：Visa PVV"},
		"V3": {"PIN verification, ANSI X9.132 algorithm 1", "PIN 验证：ANSI X9.132 算法 1"},
		"V4": {"PIN verification, ANSI X9.132 algorithm 2", "PIN 验证：ANSI X9.132 算法 2"},
		"V5": {"PIN verification, ANSI X9.132 algorithm 3", "PIN 验证：ANSI X9.132 算法 3"},
	}
}
