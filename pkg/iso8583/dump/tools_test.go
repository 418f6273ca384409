package dump_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

func update() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write what the tools print into testdata/tools anew")
	flag.Parse()
	os.Exit(m.Run())
}

// tool is a command that prints a dump of a file of testdata/tools.
type tool struct {
	file    string // that the output is kept in
	command string
	format  dump.Format
}

// tools print dumps of message.bin, of sparse.bin, and of the conversation.
func tools() []tool {
	return []tool{
		{"xxd.txt", "xxd message.bin", dump.XXD},
		{"xxd-g1.txt", "xxd -g 1 message.bin", dump.XXD},
		{"xxd-wide.txt", "xxd -c 32 -u message.bin", dump.XXD},
		{"xxd-sparse.txt", "xxd -a sparse.bin", dump.XXD},
		{"xxd-p.txt", "xxd -p message.bin", dump.Hex},
		{"xxd-i.txt", "xxd -i message.bin", dump.Hex},
		{"hexdump-C.txt", "hexdump -C message.bin", dump.Hexdump},
		{"hexdump-C-sparse.txt", "hexdump -C sparse.bin", dump.Hexdump},
		{"hexdump.txt", "hexdump message.bin", dump.Hexdump},
		{"hexdump-sparse.txt", "hexdump sparse.bin", dump.Hexdump},
		{"od-x1z.txt", "od -A x -t x1z message.bin", dump.OD},
		{"od-x1z-sparse.txt", "od -A x -t x1z sparse.bin", dump.OD},
		{"od-x1.txt", "od -t x1 message.bin", dump.OD},
		{"od-x1-sparse.txt", "od -t x1 sparse.bin", dump.OD},
		{"od-decimal.txt", "od -A d -t x1 message.bin", dump.OD},
		{"od-x.txt", "od -x message.bin", dump.Hexdump},
		{"od-bare.txt", "od -A n -t x1 message.bin", dump.Hex},
		{"base64.txt", "base64 message.bin", dump.Base64},
		{"base64-w0.txt", "base64 -w 0 message.bin", dump.Base64},
		{"tcpdump-x.txt", "tcpdump -n -r conversation.pcap -x", dump.Tcpdump},
		{"tcpdump-X.txt", "tcpdump -n -r conversation.pcap -X -tttt", dump.Tcpdump},
		{"tcpdump-xx.txt", "tcpdump -n -r conversation.pcap -xx -tt", dump.Tcpdump},
		{"tshark-x.txt", "tshark -r conversation.pcap -x", dump.Wireshark},
		{"tcpdump-XX-v.txt", "tcpdump -n -r conversation.pcap -XX -v -e", dump.Tcpdump},
	}
}

// conversation is a request that comes in two packets out of order, and its answer.
func conversation() []segment {
	m := string(message())
	return []segment{
		client(1000, syn, ""), server(5000, syn|ack, "").acking(1001), client(1001, ack, "").acking(5001),
		client(1101, psh|ack, m[100:]).acking(5001), client(1001, ack, m[:100]).acking(5001),
		server(5001, psh|ack, "\x00\x14"+"0210answer of a host").acking(uint32(1001 + len(m))),
	}
}

// want is what the file that the command reads holds.
func (c tool) want() []string {
	switch {
	case strings.Contains(c.command, "sparse.bin"):
		return []string{hex.EncodeToString(sparse())}
	case strings.Contains(c.command, "conversation"):
		return []string{hex.EncodeToString(message()), hex.EncodeToString([]byte("\x00\x14" + "0210answer of a host"))}
	}
	return []string{hex.EncodeToString(message())}
}

func TestTools(t *testing.T) {
	for _, c := range tools() {
		t.Run(c.file, func(t *testing.T) {
			checkTool(t, c, file(t, "tools/"+c.file))
		})
	}
}

// The tools as they are installed print what was kept, or something that reads alike.
func TestToolsLive(t *testing.T) {
	for name, data := range map[string][]byte{"message.bin": message(), "sparse.bin": sparse(), "conversation.pcap": pcap(t, conversation()...)} {
		if update() {
			if err := os.WriteFile(filepath.Join("testdata", "tools", name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(file(t, "tools/"+name), data) {
			t.Fatalf("%s is not what the tests take it for: run with -update", name)
		}
	}
	for _, c := range tools() {
		t.Run(c.file, func(t *testing.T) {
			words := strings.Fields(c.command)
			if _, err := exec.LookPath(words[0]); err != nil {
				if words[0] == "tshark" { // which is large: what it once printed must do
					return
				}
				t.Skipf("%s is not installed", words[0])
			}
			run := exec.Command(words[0], words[1:]...)
			run.Dir = filepath.Join("testdata", "tools")
			run.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
			output, err := run.Output()
			if err != nil {
				t.Fatal(err)
			}
			if update() {
				if err := os.WriteFile(filepath.Join(run.Dir, c.file), output, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			checkTool(t, c, output)
		})
	}
}

// checkTool reads the output as it is, in CRLF, and as it is pasted from a terminal.
func checkTool(t *testing.T, c tool, output []byte) {
	t.Helper()
	text := string(output)
	for name, input := range map[string]string{
		"as it is":       text,
		"in CRLF":        strings.ReplaceAll(text, "\n", "\r\n"),
		"behind prompts": "$ cd messages\n$ " + c.command + "\n" + text + "$ ",
		"without an end": strings.TrimRight(text, "\n"),
	} {
		if f := formatOf(input); f != c.format {
			t.Errorf("%s: taken for %q, want %q", name, f, c.format)
		}
		got := records(t, input, dump.Options{})
		wantData(t, got, c.want()...)
		if t.Failed() {
			t.Fatalf("%s fails", name)
		}
		checkPlaces(t, input, got)
		if c.format != dump.Hex && c.format != dump.Base64 { // which are strict once they are announced
			wantData(t, records(t, input, dump.Options{Format: c.format}), c.want()...)
		}
	}
}

// checkPlaces holds that a record's offset is in its line.
func checkPlaces(t *testing.T, input string, got []found) {
	t.Helper()
	for i, g := range got {
		if line := 1 + strings.Count(input[:g.Offset], "\n"); line != g.Line {
			t.Errorf("record %d: offset %d is in line %d, not %d", i, g.Offset, line, g.Line)
		}
	}
}
