package symbol

import (
	"fmt"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"
	qrcode "github.com/skip2/go-qrcode"
)

// encodeASCII draws text of ASCII by go-qrcode, which mixes numeric, alphanumeric and
// byte segments where that is shorter.
func encodeASCII(text string, level Level) (m *matrix, err error) {
	defer func() {
		if cause := recover(); cause != nil { // go-qrcode panics on what it calls a bug
			m, err = nil, fmt.Errorf("%w: the encoder gave up", ErrUnread)
		}
	}()
	code, err := qrcode.New(text, recovery(level))
	if err != nil {
		return nil, fmt.Errorf("%w: %d bytes at level %s", ErrTooLong, len(text), level)
	}
	code.DisableBorder = true
	rows := code.Bitmap()
	m = &matrix{size: len(rows), version: code.VersionNumber, level: level}
	for _, row := range rows {
		m.dark = append(m.dark, row...)
	}
	return m, nil
}

func recovery(level Level) qrcode.RecoveryLevel {
	switch level {
	case Low:
		return qrcode.Low
	case Quartile:
		return qrcode.High
	case High:
		return qrcode.Highest
	case Medium:
	}
	return qrcode.Medium
}

// encodeECI draws any text by gozxing, which says by an ECI that the bytes are UTF-8.
func encodeECI(text string, level Level) (*matrix, error) {
	hints := map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_CHARACTER_SET: "UTF-8"}
	code, err := encoder.Encoder_encode(text, correction(level), hints)
	if err != nil {
		return nil, fmt.Errorf("%w: %d bytes at level %s", ErrTooLong, len(text), level)
	}
	rows := code.GetMatrix()
	n := rows.GetWidth()
	m := &matrix{size: n, version: code.GetVersion().GetVersionNumber(), level: level, dark: make([]bool, 0, n*n)}
	for y := range n {
		for x := range n {
			m.dark = append(m.dark, rows.Get(x, y) == 1)
		}
	}
	return m, nil
}

func correction(level Level) decoder.ErrorCorrectionLevel {
	switch level {
	case Low:
		return decoder.ErrorCorrectionLevel_L
	case Quartile:
		return decoder.ErrorCorrectionLevel_Q
	case High:
		return decoder.ErrorCorrectionLevel_H
	case Medium:
	}
	return decoder.ErrorCorrectionLevel_M
}

// check decodes the modules and compares.
func (m *matrix) check(text string) error {
	rows := make([][]bool, m.size)
	for y := range rows {
		rows[y] = m.dark[y*m.size : (y+1)*m.size]
	}
	result, err := decoder.NewDecoder().DecodeBoolMapWithoutHint(rows)
	if err != nil {
		return fmt.Errorf("%w: %d bytes, version %d-%s: not decoded", ErrUnread, len(text), m.version, m.level)
	}
	if got := result.GetText(); got != text {
		return fmt.Errorf("%w: version %d-%s: want %d bytes, got %d", ErrUnread, m.version, m.level, len(text), len(got))
	}
	return nil
}
