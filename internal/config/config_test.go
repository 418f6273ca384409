package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// places is a machine with a folder for each place that settings stand in.
type places struct {
	system, home, project string
	environ               config.Environ
	flags                 []config.Flag
}

func newPlaces(t *testing.T) *places {
	dir := t.TempDir()
	p := &places{system: filepath.Join(dir, "etc"), home: filepath.Join(dir, "home"), project: filepath.Join(dir, "project")}
	p.environ = config.Environ{"HOME=" + p.home, "XDG_CONFIG_HOME=" + filepath.Join(p.home, "config")}
	return p
}

func (p *places) write(t *testing.T, path, toml string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(toml), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *places) systemFile() string  { return filepath.Join(p.system, "config.toml") }
func (p *places) userFile() string    { return filepath.Join(p.home, "config", "till", "config.toml") }
func (p *places) projectFile() string { return filepath.Join(p.project, "till.toml") }

func (p *places) read() (*config.Layers, error) {
	return config.Read(config.Sources{Environ: p.environ, Dir: p.project, System: p.system, Flags: p.flags})
}

func (p *places) config(t *testing.T) (config.Config, error) {
	t.Helper()
	layers, err := p.read()
	if err != nil {
		return config.Config{}, err
	}
	return layers.Config()
}

func TestDefaults(t *testing.T) {
	c, err := newPlaces(t).config(t)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		name      string
		got, want any
	}{
		{"profile", c.Profile, config.Lab},
		{"lang", c.Lang, i18n.Lang("")},
		{"country", c.Shop.Country.Number(), uint16(156)},
		{"currency", c.Shop.Currency.Code(), "CNY"},
		{"timezone", c.Shop.Timezone, time.Local},
		{"host is embedded", c.Host.IsEmbedded(), true},
		{"host profile", c.Host.Profile, "iso87-ascii"},
		{"timeout", c.Host.Timeout, 30 * time.Second},
		{"reader", c.Reader.Name, "virtual"},
		{"tap", c.Tap.Insert.String() + ", " + c.Tap.Verify.String(), "0.00 CNY, 1000.00 CNY"},
		{"width", c.Receipt.Width, 32},
	} {
		if v.got != v.want {
			t.Errorf("%s is %v, want %v", v.name, v.got, v.want)
		}
	}
	if len(c.Merchant.ID) != 15 || len(c.Terminal.ID) != 8 {
		t.Errorf("merchant %q and terminal %q do not fill fields 42 and 41", c.Merchant.ID, c.Terminal.ID)
	}
}

// Each place overrules the ones before it, and the origin names it.
func TestPrecedence(t *testing.T) {
	p := newPlaces(t)
	steps := []struct {
		add    func()
		value  string
		origin string
	}{
		{func() {}, "", "default"},
		{func() { p.write(t, p.systemFile(), "[host]\naddress = \"a:1\"\n") }, "a:1", p.systemFile() + ":2"},
		{func() { p.write(t, p.userFile(), "# mine\n\nhost.address = \"b:2\"\n") }, "b:2", p.userFile() + ":3"},
		{func() { p.write(t, p.projectFile(), "host = { timeout = \"5s\", address = \"c:3\" }\n") }, "c:3", p.projectFile() + ":1"},
		{func() { p.environ = append(p.environ, "TILL_HOST_ADDRESS=d:4") }, "d:4", "TILL_HOST_ADDRESS"},
		{func() { p.flags = append(p.flags, config.Flag{Name: "--host", Key: "host.address", Value: "e:5"}) }, "e:5", "--host"},
	}
	for _, s := range steps {
		s.add()
		layers, err := p.read()
		if err != nil {
			t.Fatal(err)
		}
		got, _ := layers.Setting("host.address")
		if got.Value != s.value || got.Origin.String() != s.origin {
			t.Errorf("host.address = %q from %s, want %q from %s", got.Value, got.Origin, s.value, s.origin)
		}
		c, err := layers.Config()
		if err != nil || c.Host.Address != s.value {
			t.Errorf("Config: address %q, %v; want %q", c.Host.Address, err, s.value)
		}
	}
}

func TestEverySettingCanBeSet(t *testing.T) {
	p := newPlaces(t)
	p.write(t, p.projectFile(), `
profile = "live"
lang = "zh_CN"
[shop]
name = "茶馆"
address = "南京路 1 号"
country = "jp"
currency = "jpy"
timezone = "Asia/Tokyo"
day_start = "05:00"
[tax]
prices = "exclusive"
rounding = "invoice"
rounding_mode = "half_even"
[cash]
coin = "5"
[drawer]
limit = "500"
[stock]
policy = "refuse"
[checkout]
lock = "0"
border = "ascii"
scan_gap = "50ms"
[loyalty]
spend = "200"
value = "1"
[merchant]
id = "M1"
category = "5812"
[terminal]
id = "T1"
[host]
address = "[::1]:8583"
profile = "iso87-bcd"
timeout = "1m30s"
master_key_file = "terminal.key"
while_reversing = "refuse"
[batch]
limit = 500
[offline]
count = 9
sum = "3000"
amount = "400"
[completion]
percent = 110
[tip]
percent = 20
[wallet]
patience = "2m"
[reader]
name = "ACS"
tap = "ACS contactless"
[tap]
insert = "50000"
verify = "10000"
[emv]
ca_file = "schemes.keys"
[receipt]
width = 48
`)
	c, err := p.config(t)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join([]string{
		string(c.Profile), string(c.Lang), c.Shop.Name, c.Shop.Address, c.Shop.Country.String(), c.Shop.Currency.String(),
		c.Shop.Timezone.String(), c.Merchant.ID, c.Merchant.Category, c.Terminal.ID, c.Host.Address, c.Host.Profile,
		c.Host.Timeout.String(), c.Wallet.Patience.String(), c.Reader.Name, c.Reader.Tap, c.Tap.Insert.String(), c.Tap.Verify.String(),
		c.EMV.CAFile,
	}, "|")
	want := "live|zh|茶馆|南京路 1 号|JP|JPY|Asia/Tokyo|M1|5812|T1|[::1]:8583|iso87-bcd|1m30s|2m0s|ACS|ACS contactless|50000 JPY|10000 JPY|schemes.keys"
	limits := fmt.Sprint(c.Limits.Batch, c.Limits.OfflineCount, c.Limits.OfflineSum, c.Limits.OfflineAmount, c.Limits.Completion, c.Limits.Tip) + " " + c.Host.WhileReversing
	if limits != "500 9 3000 JPY 400 JPY 110 20 refuse" {
		t.Errorf("limits %s", limits)
	}
	if got != want || c.Receipt.Width != 48 {
		t.Errorf("got  %s %d\nwant %s 48", got, c.Receipt.Width, want)
	}
	layers, err := p.read()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range layers.Settings() {
		if s.Origin.Layer != config.Project {
			t.Errorf("%s is of %s: this test does not set it", s.Key.Name, s.Origin)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, toml string
		environ    string
		what, hint string // parts
	}{
		{"unknown key", "[hsot]\naddress = \"a:1\"", "", "no setting hsot.address", "host.address"},
		{"unknown key, far", "colour = \"red\"", "", "no setting colour", "till config list"},
		{"unknown variable", "", "TILL_HOST_PROFIL=x", "TILL_HOST_PROFIL ", "TILL_HOST_PROFILE"},
		{"value", "[receipt]\nwidth = 33", "", `receipt.width is "33"`, "--origin"},
		{"value of a variable", "", "TILL_SHOP_CURRENCY=CNYY", "TILL_SHOP_CURRENCY", ""},
		{"place", "\n\n[host]\ntimeout = \"soon\"", "", "till.toml:4", ""},
		{"timeout too short", "host.timeout = \"1ms\"", "", "100ms", ""},
		{"timeout without unit", "host.timeout = 30", "", "such as 30s", ""},
		{"port", "host.address = \"localhost\"", "", "HOST:PORT", ""},
		{"port 0", "host.address = \"localhost:0\"", "", "HOST:PORT", ""},
		{"country", "shop.country = \"XX\"", "", "two letters", ""},
		{"zone", "shop.timezone = \"Mars/Olympus\"", "", "Asia/Shanghai", ""},
		{"name of two lines", "shop.name = \"a\\nb\"", "", "one line", ""},
		{"empty name", "shop.name = \"\"", "", "one line", ""},
		{"terminal", "terminal.id = \"TOO-LONG-9\"", "", "1 to 8 letters", ""},
		{"list", "shop.name = [\"a\"]", "", "no single value", ""},
		{"a table in the place of a value", "[shop.name]\nx = 1", "", "no setting shop.name.x", ""},
		{"secret by name", "host.password = \"x\"", "", "looks like a secret", "take it out"},
		{"secret by value", "shop.name = \"4111 1111 1111 1111\"", "", "looks like a secret", ""},
		{"secret in a variable", "", "TILL_KEY=00112233", "looks like a secret", ""},
		{"live without a host", "profile = \"live\"", "", "needs host.address", "HOST:PORT"},
		{"syntax", "[shop\nname = \"secret text\"", "", "till.toml:1:", "[table]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlaces(t)
			p.write(t, p.projectFile(), c.toml)
			if c.environ != "" {
				p.environ = append(p.environ, c.environ)
			}
			_, err := p.config(t)
			var problem *till.Problem
			if !errors.As(err, &problem) || problem.Code != till.CodeUsage {
				t.Fatalf("%v, want a usage problem", err)
			}
			if what := problem.What.String(); !strings.Contains(what, c.what) {
				t.Errorf("what is %q, want %q in it", what, c.what)
			}
			if hint := problem.Hint.String(); !strings.Contains(hint, c.hint) {
				t.Errorf("hint is %q, want %q in it", hint, c.hint)
			}
			for _, secret := range []string{"4111", "00112233", "secret text"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error repeats %q", secret)
				}
			}
			if problem.What.In(i18n.Chinese) == problem.What.String() {
				t.Errorf("%q has no Chinese", problem.What)
			}
		})
	}
}

func TestUnreadableFile(t *testing.T) {
	p := newPlaces(t)
	if err := os.MkdirAll(p.projectFile(), 0o755); err != nil { // a folder of that name
		t.Fatal(err)
	}
	_, err := p.read()
	var problem *till.Problem
	if !errors.As(err, &problem) || problem.Code != till.CodeFailure || !strings.Contains(problem.What.String(), "till.toml") {
		t.Errorf("%v, want a failure that names the file", err)
	}
}

// What begins as ours do and is no setting is left alone; an empty table sets nothing.
func TestLeftAlone(t *testing.T) {
	p := newPlaces(t)
	p.write(t, p.projectFile(), "[host]\n\n[shop]\n# nothing yet\n")
	p.environ = append(p.environ, "TILL_DATA=/data", "TILL_NO_COLOR=1", "TILL_REQUIRE_PCSC=1", "TILL_VECTORS=v", "TILL_TEST_X=1", "TILLAGE=1", "TILL_TERMINAL_ID=", "TILL_NOSUCH=")
	if _, err := p.config(t); err != nil {
		t.Error(err)
	}
}

// The last of two variables of a name wins, as in a process.
func TestEnviron(t *testing.T) {
	env := config.Environ{"A=1", "B=2", "A=3", "AB=4"}
	if env.Get("A") != "3" || env.Get("AB") != "4" || env.Get("C") != "" {
		t.Errorf("A=%q AB=%q C=%q", env.Get("A"), env.Get("AB"), env.Get("C"))
	}
}

func TestDataDir(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("folders have other names on Windows")
	}
	home := config.Environ{"HOME=/home/ada"}
	underHome := "/home/ada/.local/share/till"
	if runtime.GOOS == "darwin" {
		underHome = "/home/ada/Library/Application Support/till"
	}
	for _, c := range []struct {
		name, flag string
		env        config.Environ
		want       string
	}{
		{"flag first", "/f", config.Environ{"TILL_DATA=/t", "HOME=/h"}, "/f"},
		{"then the variable", "", config.Environ{"TILL_DATA=/t", "XDG_DATA_HOME=/x"}, "/t"},
		{"then XDG", "", append(home, "XDG_DATA_HOME=/x"), "/x/till"},
		{"a relative XDG folder is ignored", "", append(home, "XDG_DATA_HOME=x"), underHome},
		{"then the home", "", home, underHome},
	} {
		got, err := config.DataDir(c.flag, c.env)
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
	if _, err := config.DataDir("", nil); err == nil {
		t.Error("no home and no folder: no error")
	}
	if got, _ := config.DataDir("rel", nil); !filepath.IsAbs(got) {
		t.Errorf("a relative flag gives %q, want it absolute", got)
	}
}

func TestKeysAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range config.Keys() {
		if seen[k.Name] || k.Means.IsZero() || k.Wants.IsZero() {
			t.Errorf("%s: twice, or without a meaning or what it wants", k.Name)
		}
		seen[k.Name] = true
		if strings.ToLower(k.Name) != k.Name || k.Env() != "TILL_"+strings.ToUpper(strings.ReplaceAll(k.Name, ".", "_")) {
			t.Errorf("%s: its variable is %s", k.Name, k.Env())
		}
	}
}

func BenchmarkRead(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		layers, err := config.Read(config.Sources{Environ: config.Environ{"HOME=" + dir}, Dir: dir, System: dir})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := layers.Config(); err != nil {
			b.Fatal(err)
		}
	}
}
