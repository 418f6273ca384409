package out

import (
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/tillworks/till/internal/i18n"
)

// Screen is where text for people goes and what it can show.
type Screen struct {
	io.Writer
	Lang     i18n.Lang
	Terminal bool // a person is looking; a pipe or a file gets not one escape byte
	Color    bool // the terminal takes colours and the user has not declined them
	Width    int  // cells of a line
}

// Bold is s in bold where the screen shows it.
func (s Screen) Bold(text string) string { return s.styled("1", text) }

// Faint is s in a fainter shade where the screen shows it.
func (s Screen) Faint(text string) string { return s.styled("2", text) }

// Red marks what failed. A colour is never the only mark: the words say it too.
func (s Screen) Red(text string) string { return s.styled("31", text) }

// Green marks what is well.
func (s Screen) Green(text string) string { return s.styled("32", text) }

// Yellow marks what to look at.
func (s Screen) Yellow(text string) string { return s.styled("33", text) }

func (s Screen) styled(code, text string) string {
	if !s.Color || !s.Terminal || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// write sends text to the screen: as it is to a terminal with colours, without escape
// sequences to anything else.
func (s Screen) write(text string) error {
	if !s.Terminal || !s.Color {
		text = ansi.Strip(text)
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	_, err := io.WriteString(s.Writer, text)
	return err
}
