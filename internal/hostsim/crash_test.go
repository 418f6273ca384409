package hostsim_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
)

// childFolder, in the environment, makes the test binary a host on that folder that
// serves until it is killed.
const childFolder = "HOSTSIM_TEST_CHILD_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		fmt.Fprintln(os.Stderr, childServe(dir))
		os.Exit(1)
	}
	if err := flag.Set("rapid.checks", "40"); err != nil { // a command line that says otherwise is read later
		panic(err)
	}
	os.Exit(m.Run())
}

// childServe says where it listens on standard output and serves for good.
func childServe(dir string) error {
	p, err := host.ISO87ASCII()
	if err != nil {
		return err
	}
	framing, err := p.Wire()
	if err != nil {
		return err
	}
	h, err := hostsim.Open(context.Background(), hostsim.Config{Dir: dir, Now: day})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(ln.Addr())
	return h.Serve(context.Background(), ln, p.Spec, framing)
}

// spawn starts a child and returns where it listens. It is killed, not ended, by the
// function or with the test.
func spawn(t *testing.T, dir string) (addr string, kill func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childFolder+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // "signal: killed" is what is wanted
	})
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the child said nothing: %v", err)
	}
	return strings.TrimSpace(line), kill
}

// Goal: what was answered is in the books after any kill, and what was not answered is
// in them once or not at all. Method: a terminal sells without a pause, the host is
// killed under it; then a new host on the folder is asked everything again.
func TestKilledHost(t *testing.T) {
	p := profile(t)
	dir := t.TempDir()
	answered := map[till.STAN]till.Answer{}
	var asked till.STAN
	s := &shop{t: t, profile: p, terminal: "TILL0001", merchant: "MERCHANT0000001", batch: 1, asked: map[till.STAN]till.Request{}}
	card := pan(t, "4111111111111111")
	for round := range 8 {
		addr, kill := spawn(t, dir)
		l := call(t, addr, p, nil)
		timer := time.AfterFunc(time.Duration(20+17*round)*time.Millisecond, kill)
		for {
			asked++
			a, err := l.Exchange(t.Context(), s.sale(asked, amount(t, "1.00"), card))
			if err != nil {
				break
			}
			answered[asked] = a
		}
		timer.Stop()
		kill()
	}
	if len(answered) == 0 {
		t.Fatal("no sale was answered in eight rounds")
	}

	addr, kill := spawn(t, dir)
	l := call(t, addr, p, nil)
	for stan := till.STAN(1); stan <= asked; stan++ {
		again, err := l.Exchange(t.Context(), s.sale(stan, amount(t, "1.00"), card))
		if err != nil || !again.Approved {
			t.Fatalf("sale %s again: %+v, %v", stan, again, err)
		}
		if first, ok := answered[stan]; ok && (first.RRN != again.RRN || first.AuthCode != again.AuthCode) {
			t.Errorf("sale %s: first %+v, after the kill %+v", stan, first, again)
		}
	}
	kill()
	if got := balance(t, open(t, dir)).Minor(); got != int64(asked)*100 {
		t.Errorf("the merchant has %d, want %d for %d sales", got, int64(asked)*100, asked)
	}
}

// Goal: two hosts on one folder are one host. Method: eight terminals ask both of them
// everything at once, and each pair of answers must be the same answer.
func TestTwoHostsOneFolder(t *testing.T) {
	dir := t.TempDir()
	hosts := []*hostsim.Host{open(t, dir), openWith(t, hostsim.Config{Dir: dir, Random: &drum{n: 99}})}
	var terminals sync.WaitGroup
	const each = 10
	for n := range 8 {
		terminals.Go(func() {
			for stan := till.STAN(1); stan <= each; stan++ {
				askBoth(t, hosts, fmt.Sprintf("TILL%04d", n), stan)
			}
		})
	}
	terminals.Wait()
	if got := balance(t, hosts[0]).Minor(); got != 8*each*100 {
		t.Errorf("the merchant has %d, want %d", got, 8*each*100)
	}
	for _, h := range hosts {
		if totals, err := h.Totals(t.Context(), "TILL0003", 1); err != nil || totals.Debits != each {
			t.Errorf("totals of a terminal %+v, %v, want %d debits", totals, err, each)
		}
	}
}

// askBoth sends one sale to both hosts at the same time.
func askBoth(t *testing.T, hosts []*hostsim.Host, terminal string, stan till.STAN) {
	var both sync.WaitGroup
	answers := make([]till.Answer, len(hosts))
	for i, h := range hosts {
		both.Go(func() {
			s := newShop(t, h)
			s.terminal = terminal
			r := s.sale(stan, amount(t, "1.00"), pan(t, "4111111111111111"))
			m, err := s.profile.Request(r)
			if err != nil {
				t.Error(err)
				return
			}
			answer, err := h.ServeISO(context.Background(), m)
			if err != nil {
				t.Error(err)
				return
			}
			if answers[i], err = s.profile.Answer(r, answer); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if answers[0].RRN != answers[1].RRN || answers[0].AuthCode != answers[1].AuthCode || !answers[0].Approved {
		t.Errorf("terminal %s, sale %s: %+v and %+v", terminal, stan, answers[0], answers[1])
	}
}

// Many processes that found a ledger in the same moment found the same one.
func TestFoundedAtOnce(t *testing.T) {
	dir := t.TempDir()
	var founders sync.WaitGroup
	for n := range 8 {
		founders.Go(func() {
			h, err := hostsim.Open(context.Background(), hostsim.Config{Dir: dir, Now: day})
			if err != nil {
				t.Error(err)
				return
			}
			askBoth(t, []*hostsim.Host{h, h}, fmt.Sprintf("TILL%04d", n), 1)
			if err := h.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	founders.Wait()
	h := open(t, dir)
	postings, err := h.Postings(t.Context())
	if err != nil || len(postings) != 16 {
		t.Fatalf("%d postings, %v, want 16", len(postings), err)
	}
	for _, p := range postings {
		if strings.HasPrefix(p.Account, "card/") && p.Account != postings[0].Account {
			t.Errorf("one card is known as %s and %s: there were two keys", p.Account, postings[0].Account)
		}
	}
}
