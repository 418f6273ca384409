//go:build interop

package interop_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// classpath is where the Java programs and jPOS lie, as .ci/interop built them.
func classpath(t testing.TB) string {
	t.Helper()
	path := os.Getenv("TILL_INTEROP_CLASSPATH")
	if path == "" {
		t.Fatal("nobody built the Java programs: run make interop")
	}
	return path
}

// program is a Java program that runs. It ends when its standard input does, so that none
// outlives a test that was killed.
type program struct {
	t     testing.TB
	class string
	cmd   *exec.Cmd
	stdin io.Closer
	lines chan string // what it says; closed at its end
	moans strings.Builder
}

// start runs a class of the sources.
func start(t testing.TB, class string, args ...string) *program {
	t.Helper()
	p := &program{t: t, class: class, lines: make(chan string, 10000), cmd: exec.CommandContext(t.Context(), "java", append([]string{
		// Small and quick to start: it lives for seconds.
		"-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classpath(t), class,
	}, args...)...)}
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin, p.cmd.Stderr, p.cmd.Dir = stdin, &p.moans, t.TempDir()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.listen(stdout)
	return p
}

// listen takes what the program says at once, since a full pipe would hold it up.
func (p *program) listen(stdout io.Reader) {
	defer close(p.lines)
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		p.lines <- lines.Text()
	}
}

// line is the next line that the program says.
func (p *program) line() string {
	p.t.Helper()
	line, ok := <-p.lines
	if !ok {
		p.t.Fatalf("%s ended too early: %v\n%s", p.class, p.cmd.Wait(), p.moans.String())
	}
	return line
}

// rest ends the program and gives all that it said since the last line.
func (p *program) rest() []string {
	p.t.Helper()
	_ = p.stdin.Close()
	var said []string
	for line := range p.lines {
		said = append(said, line)
	}
	if err := p.cmd.Wait(); err != nil {
		p.t.Fatalf("%s: %v\n%s\n%s", p.class, err, p.moans.String(), strings.Join(said, "\n"))
	}
	return said
}
