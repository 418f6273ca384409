package card_test

import (
	"bytes"
	"context"
	"database/sql/driver"
	"encoding/base64"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	texttemplate "text/template"

	"github.com/tillworks/till/pkg/card"
)

// What is hidden in these tests: partLen bytes of it in a row, in any spelling, are a
// leak. The addresses that fmt prints in the place of a hidden text have as many digits;
// no part of the number is all ones and zeros, so that no address in binary is taken for
// it, and the parts are long enough that one in decimal never is.
const (
	number  = "5413330089010434"
	track   = number + "=31122019876543210"
	partLen = 9
)

func pan(t testing.TB, digits string) card.PAN {
	t.Helper()
	n, err := card.ParsePAN(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func track2(t testing.TB, text string) card.Track2 {
	t.Helper()
	tr, err := card.ParseTrack2(text)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// needles is every spelling of a part of the track that a leak could have: as text, as
// the bytes by each verb of fmt, as hex and as base64.
func needles() []string {
	var all []string
	for i := range len(track) - partLen + 1 {
		part := track[i : i+partLen]
		all = append(all, part, base64.StdEncoding.EncodeToString([]byte(part)))
		for _, verb := range []string{"%x", "%X", "% x", "% X", "%#v", "%d", "%c", "%o", "%b", "%U", "%q"} {
			all = append(all, strings.Trim(strings.TrimPrefix(fmt.Sprintf(verb, []byte(part)), "[]byte"), "[]{}"))
		}
	}
	return all
}

// leak is the first needle in the output, with what stands around it.
func leak(output string, needles []string) string {
	for _, n := range needles {
		if i := strings.Index(output, n); i >= 0 {
			return fmt.Sprintf("%q in …%q…", n, output[max(0, i-40):min(len(output), i+len(n)+40)])
		}
	}
	return ""
}

type holder[T any] struct {
	ID int
	V  T
}

type closed[T any] struct {
	id int
	v  T
}

type cell struct {
	any any
	err error
}

type holderError[T any] struct{ v T }

func (e holderError[T]) Error() string { return fmt.Sprintf("refused %v", e.v) }

// shapes is a value in every place that a program may print it from.
func shapes[T any](v T) map[string]any {
	p := &v
	var box atomic.Value
	box.Store(v)
	return map[string]any{
		"itself":                  v,
		"pointer":                 p,
		"pointer to pointer":      &p,
		"exported field":          holder[T]{1, v},
		"pointer to exported":     &holder[T]{1, v},
		"exported pointer":        holder[*T]{1, p},
		"unexported field":        closed[T]{1, v},
		"pointer to unexported":   &closed[T]{1, v},
		"unexported pointer":      closed[*T]{1, p},
		"unexported twice":        closed[closed[T]]{1, closed[T]{2, v}},
		"unexported slice":        closed[[]T]{1, []T{v}},
		"unexported map":          closed[map[string]T]{1, map[string]T{"k": v}},
		"unexported interface":    cell{any: v},
		"unexported error":        cell{err: holderError[T]{v}},
		"slice":                   []T{v, v},
		"slice of pointers":       []*T{p},
		"array":                   [2]T{v, v},
		"map":                     map[string]T{"k": v},
		"map of pointers":         map[int]*T{1: p},
		"interfaces":              []any{v, p, holder[T]{1, v}, closed[T]{1, v}},
		"error by %v":             fmt.Errorf("refused %v", v),
		"error by other verbs":    fmt.Errorf(strings.Join([]string{"refused", "%d", "%s", "%q", "%x", "%+v", "%#v"}, " "), v, v, v, v, v, v),
		"error type":              holderError[T]{v},
		"wrapped error":           fmt.Errorf("sale: %w", holderError[T]{v}),
		"joined errors":           errors.Join(holderError[T]{v}, io.EOF),
		"function":                func() T { return v },
		"channel":                 make(chan T),
		"atomic":                  &box,
		"reflect.Value":           reflect.ValueOf(v),
		"reflect.Value of closed": reflect.ValueOf(closed[T]{1, v}).Field(1),
	}
}

// embedded promotes the methods of what it embeds.
type embedded struct {
	card.PAN
	Note string
}

// allShapes is every hidden type in every shape.
func allShapes(t testing.TB) map[string]any {
	all := map[string]any{}
	add := func(name string, m map[string]any) {
		for shape, v := range m {
			all[name+", "+shape] = v
		}
	}
	add("PAN", shapes(pan(t, number)))
	add("Secret", shapes(card.NewSecret(track)))
	add("Track2", shapes(track2(t, track)))
	all["PAN, embedded"] = embedded{pan(t, number), "note"}
	all["PAN, pointer to embedded"] = &embedded{pan(t, number), "note"}
	return all
}

// formats is every letter as a verb with every set of flags, plain and with width and
// precision, and what fmt says of a format that is wrong.
func formats() []string {
	all := []string{"%", "%!", "%%", "%z%", "%[1]", "%[2]d", "%[1]*d", "%*d", "%.*d", "%[1]d %[1]s", "no verb", "%d %d %d"}
	for flags := range 32 {
		set := ""
		for i, f := range " +-#0" {
			if flags>>i&1 == 1 {
				set += string(f)
			}
		}
		for _, letters := range []rune{'a', 'A'} {
			for verb := letters; verb < letters+26; verb++ {
				all = append(all, "%"+set+string(verb), "%"+set+"30.5"+string(verb))
			}
		}
	}
	return all
}

func TestNoVerbShowsIt(t *testing.T) {
	formats, needles := formats(), needles()
	for name, v := range allShapes(t) {
		var out bytes.Buffer
		for _, f := range formats {
			fmt.Fprintf(&out, f+"\n", v)
		}
		fmt.Fprint(&out, v)
		fmt.Fprintln(&out, v, v)
		if found := leak(out.String(), needles); found != "" {
			t.Errorf("%s: %s", name, found)
		}
	}
}

// sinks is where else a value ends as text or bytes. What a sink refuses, it must refuse
// without the value.
func sinks() map[string]func(io.Writer, any) error {
	return map[string]func(io.Writer, any) error{
		"json":              func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) },
		"xml":               func(w io.Writer, v any) error { return xml.NewEncoder(w).Encode(v) },
		"gob":               func(w io.Writer, v any) error { return gob.NewEncoder(w).Encode(v) },
		"slog text":         func(w io.Writer, v any) error { return logTo(slog.NewTextHandler(w, nil), v) },
		"slog json":         func(w io.Writer, v any) error { return logTo(slog.NewJSONHandler(w, nil), v) },
		"log":               func(w io.Writer, v any) error { log.New(w, "", 0).Println(v); return nil },
		"text/template":     intoTextTemplate,
		"html/template":     intoHTMLTemplate,
		"database argument": intoDatabase,
	}
}

func logTo(h slog.Handler, v any) error {
	l := slog.New(h).With("with", v).WithGroup("group").With("with", v)
	l.Info("said", "any", v, slog.Group("inner", "any", v), "error", fmt.Errorf("wrapped %v", v))
	l.LogAttrs(context.Background(), slog.LevelError, "said", slog.Any("any", v))
	return nil
}

func intoTextTemplate(w io.Writer, v any) error {
	t := texttemplate.Must(texttemplate.New("").Parse(`{{.}} {{print .}} {{printf "%d %s %v %+v %#v %x %q %c" . . . . . . . .}} {{html .}} {{js .}} {{urlquery .}}`))
	return t.Execute(w, v)
}

func intoHTMLTemplate(w io.Writer, v any) error {
	t := htmltemplate.Must(htmltemplate.New("").Parse(`<p title="{{.}}">{{.}}</p><script>var x = {{.}};</script><a href="/?q={{.}}">`))
	return t.Execute(w, v)
}

func intoDatabase(w io.Writer, v any) error {
	out, err := driver.DefaultParameterConverter.ConvertValue(v)
	fmt.Fprint(w, out)
	return err
}

func TestNoSinkShowsIt(t *testing.T) {
	needles := needles()
	for name, v := range allShapes(t) {
		for sink, write := range sinks() {
			var out bytes.Buffer
			if err := contained(write, &out, v); err != nil {
				out.WriteString(err.Error())
			}
			if found := leak(out.String(), needles); found != "" {
				t.Errorf("%s into %s: %s", name, sink, found)
			}
		}
	}
}

// contained turns a panic of a sink, which templates make of some values, into an error.
func contained(write func(io.Writer, any) error, w io.Writer, v any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return write(w, v)
}

// naive hides its text from String alone. The two tests above must see it leak, or they
// see nothing.
type naive struct{ text string }

func (naive) String() string { return "masked" }

func TestTheSearchFinds(t *testing.T) {
	needles := needles()
	for _, f := range []string{"%d", "%x", "%X", "% x", "%#v", "%c", "%q"} {
		if leak(fmt.Sprintf(f, naive{track}), needles) == "" && leak(fmt.Sprintf(f, []byte(track)), needles) == "" {
			t.Errorf("%s of a string and of its bytes is not seen", f)
		}
	}
	if leak(fmt.Sprintf("%v", closed[naive]{1, naive{track}}), needles) == "" {
		t.Error("a string in an unexported field is not seen")
	}
	var out bytes.Buffer
	if err := sinks()["json"](&out, []byte(track)); err != nil || leak(out.String(), needles) == "" {
		t.Errorf("base64 is not seen: %v", err)
	}
}

// What a panic prints, and the stack behind it, is seen by starting this test again as a
// program that panics.
func TestNoPanicShowsIt(t *testing.T) {
	const ask = "TILL_TEST_PANIC"
	if which := os.Getenv(ask); which != "" {
		panicWith(t, which)
	}
	needles := needles()
	for _, which := range []string{"value", "pointer", "struct", "error", "argument"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestNoPanicShowsIt$")
		cmd.Env = append(os.Environ(), ask+"="+which, "GOTRACEBACK=all")
		out, err := cmd.CombinedOutput()
		if err == nil || !bytes.Contains(out, []byte("panic: ")) {
			t.Errorf("%s: no panic, %v:\n%s", which, err, out)
		}
		if found := leak(string(out), needles); found != "" {
			t.Errorf("%s: %s", which, found)
		}
	}
}

func panicWith(t *testing.T, which string) {
	n, s, tr := pan(t, number), card.NewSecret(track), track2(t, track)
	switch which {
	case "value":
		panic(n)
	case "pointer":
		panic(&tr)
	case "struct":
		panic(closed[card.Secret]{1, s})
	case "error":
		panic(fmt.Errorf("sale: %w", holderError[card.Track2]{tr}))
	case "argument":
		boom(n, s, tr, nil)
	}
}

//go:noinline
func boom(n card.PAN, s card.Secret, tr card.Track2, at *int) int {
	return *at + n.Len() + s.Len() + len(tr.String())
}

// The mask is what shows, at the width that the verb asks for.
func TestMaskShows(t *testing.T) {
	n, s, tr := pan(t, number), card.NewSecret(track), track2(t, track)
	for _, c := range []struct{ got, want string }{
		{fmt.Sprint(n), "541333******0434"},
		{fmt.Sprintf("%d|%x|%#v|%s", n, n, n, n), "541333******0434|541333******0434|541333******0434|541333******0434"},
		{fmt.Sprintf("%20v|%-20v|%.3s", n, n, n), "    541333******0434|541333******0434    |541333******0434"},
		{fmt.Sprintf("%v|%+v|%12s|%-12s|", s, s, s, s), "[hidden]|[hidden]|    [hidden]|[hidden]    |"},
		{fmt.Sprintf("%v|%d|%#v", tr, tr, tr), "541333******0434=[hidden]|541333******0434=[hidden]|541333******0434=[hidden]"},
		{fmt.Sprintf("%v|%v|%v|%5v|", card.PAN{}, card.Secret{}, card.Track2{}, card.PAN{}), "|||     |"},
		{fmt.Sprintf("%+v", holder[card.PAN]{1, n}), "{ID:1 V:541333******0434}"},
		{n.String() + n.GoString() + s.GoString() + tr.GoString(), "541333******0434541333******0434[hidden]541333******0434=[hidden]"},
		{toJSON(t, []any{n, s, tr, card.PAN{}, card.Secret{}, card.Track2{}}), `["541333******0434","[hidden]","541333******0434=[hidden]","","",""]`},
		{toJSON(t, map[string]*card.PAN{"p": &n, "nil": nil}), `{"nil":null,"p":"541333******0434"}`},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A mask cannot be read back as if it were a number.
func TestJSONDoesNotReadBack(t *testing.T) {
	for _, text := range []string{`"` + number + `"`, `"541333******0434"`, `5413330089010434`} {
		var n card.PAN
		err := json.Unmarshal([]byte(text), &n) //nolint:staticcheck // that nothing can be read into it is what is tested
		if err == nil || !n.IsZero() {
			t.Errorf("Unmarshal of %d characters gives a number: %v", len(text), err)
		}
		if found := leak(fmt.Sprint(err), needles()); found != "" {
			t.Error(found)
		}
	}
}

func FuzzFormat(f *testing.F) {
	for _, format := range []string{"%v", "%+v %#v", "%[2]d", "%*.*f", "%-40s|%040x", "%p %T", "%!%%"} {
		f.Add(format)
	}
	needles := needles()
	n, s, tr := pan(f, number), card.NewSecret(track), track2(f, track)
	f.Fuzz(func(t *testing.T, format string) {
		out := fmt.Sprintf(format, n, s, tr, closed[card.PAN]{1, n}, &closed[card.Secret]{1, s}, holder[*card.Track2]{1, &tr})
		if len(out) > 1<<16 || leak(format, needles) != "" {
			return // a width of a million, or the seed's own digits
		}
		if found := leak(out, needles); found != "" {
			t.Fatalf("%q: %s", format, found)
		}
	})
}
