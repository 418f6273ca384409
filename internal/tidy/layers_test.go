package tidy

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// layers says of every package what it may import of ours, from the inside out. A name
// that ends in /... is a folder with all below it. The directions are those of
// docs/ARCHITECTURE.md: pkg knows nothing of internal, the core does no I/O, adapters
// do not know one another, and only the command line sees everything.
const layers = `
pkg/money                  :
pkg/isocode                :
pkg/card                   : pkg/isocode
pkg/crypto/...             : pkg/card pkg/crypto/...
pkg/iso8583/...            : pkg/money pkg/card pkg/isocode pkg/emv pkg/iso8583/...
pkg/emv/...                : pkg/money pkg/card pkg/isocode pkg/crypto/... pkg/emv/...
pkg/reader                 : pkg/card
pkg/reader/virtual         : pkg/card pkg/reader/... pkg/emv/... pkg/crypto/...
pkg/reader/replay          : pkg/card pkg/reader/... pkg/emv
pkg/reader/...             : pkg/card pkg/reader/...
pkg/qr/...                 : pkg/money pkg/card pkg/qr/...
pkg/settle/...             : pkg/money pkg/card pkg/settle/...
pkg/reports/...            : pkg/money pkg/card pkg/reports/...

internal/i18n              :
internal/cells             :
internal/nearest           :
internal/till              : internal/i18n pkg/money pkg/card
internal/receipt           : internal/till internal/i18n internal/cells pkg/money pkg/card
internal/barcode           : internal/till internal/i18n
internal/catalogue         : internal/barcode internal/nearest internal/till internal/i18n pkg/money
internal/tax               : internal/till internal/i18n pkg/money
internal/promo             : internal/till internal/i18n pkg/money
internal/loyalty           : internal/till internal/i18n pkg/money
internal/cart              : internal/tax internal/promo internal/loyalty internal/till internal/i18n pkg/money
internal/tally             : internal/till pkg/money
internal/sample            : internal/cart internal/till pkg/money pkg/card
internal/terminal          : internal/till internal/i18n pkg/emv/... pkg/money pkg/card
internal/config            : internal/till internal/i18n internal/nearest pkg/money pkg/card

internal/vault             : internal/till internal/i18n pkg/card
internal/store             : internal/till internal/i18n pkg/money pkg/card
internal/store/sqlite      : internal/store internal/groupcommit internal/tally internal/till internal/i18n pkg/money pkg/card
internal/store/postgres    : internal/store internal/tally internal/till internal/i18n pkg/money pkg/card
internal/store/storetest   : internal/store internal/tally internal/till internal/i18n pkg/money pkg/card
internal/groupcommit       :
internal/ledger            : internal/groupcommit
internal/workingkey        : pkg/crypto/...
internal/host              : internal/till internal/i18n internal/workingkey pkg/iso8583/... pkg/crypto/... pkg/emv pkg/money pkg/card
internal/hostsim           : internal/ledger internal/workingkey internal/till internal/i18n pkg/iso8583/... pkg/crypto/... pkg/emv/... pkg/settle pkg/money pkg/card
internal/hostsim/faultscript : internal/nearest internal/till internal/i18n pkg/money pkg/card
internal/hostsim/faultlink : internal/hostsim internal/hostsim/faultscript internal/till internal/i18n pkg/iso8583/... pkg/money pkg/card
internal/register          : internal/till internal/i18n internal/terminal internal/wallet internal/receipt pkg/emv/... pkg/iso8583/link pkg/reader pkg/money pkg/card
internal/shop              : internal/register internal/cart internal/promo internal/loyalty internal/tax internal/barcode internal/catalogue internal/tally internal/receipt internal/till internal/i18n internal/nearest pkg/reports/... pkg/money pkg/card
internal/wallet/...        : internal/wallet/... internal/ledger internal/till internal/i18n pkg/qr/... pkg/money pkg/card
internal/printer           : internal/till internal/i18n internal/cells
internal/tui/...           : internal/tui/... internal/shop internal/register internal/barcode pkg/qr/symbol pkg/card internal/till internal/receipt internal/i18n internal/cells pkg/money

internal/cli/out           : internal/till internal/i18n internal/cells
internal/cli               : internal/... pkg/...
internal/screenshot        : internal/cells
internal/gentables         :
internal/gentestca         : pkg/emv/oda
internal/samplestore       : internal/sample internal/store/sqlite internal/till pkg/money
internal/interop           :
internal/faults            :
internal/tidy              : pkg/card
cmd/till                   : internal/cli
`

// layer is one line of the table.
type layer struct {
	pkg     string
	imports []string
}

func parseLayers(t *testing.T) []layer {
	t.Helper()
	var rows []layer
	for line := range strings.Lines(layers) {
		pkg, imports, ok := strings.Cut(strings.TrimSpace(line), ":")
		if ok {
			rows = append(rows, layer{strings.TrimSpace(pkg), strings.Fields(imports)})
		}
	}
	return rows
}

// matches reports that a package is named by a pattern.
func matches(pattern, pkg string) bool {
	dir, all := strings.CutSuffix(pattern, "/...")
	return pkg == dir || all && strings.HasPrefix(pkg, dir+"/")
}

// layerOf is the first line that names the package.
func layerOf(rows []layer, pkg string) (layer, bool) {
	i := slices.IndexFunc(rows, func(l layer) bool { return matches(l.pkg, pkg) })
	if i < 0 {
		return layer{}, false
	}
	return rows[i], true
}

func TestLayers(t *testing.T) {
	rows := parseLayers(t)
	homeless := map[string]bool{}
	for _, f := range goFiles(t) {
		l, ok := layerOf(rows, f.pkg)
		if !ok && !homeless[f.pkg] {
			homeless[f.pkg] = true
			t.Errorf("%s has no layer: give it one in internal/tidy/layers_test.go", f.pkg)
		}
		if !ok || f.test {
			continue
		}
		for _, path := range f.imports() {
			inner, ours := strings.CutPrefix(path, module+"/")
			if ours && !slices.ContainsFunc(l.imports, func(p string) bool { return matches(p, inner) }) {
				t.Errorf("%s imports %s: %s may import %v", f.path, inner, f.pkg, l.imports)
			}
		}
	}
}

// Nothing in pkg imports internal, its tests neither: whoever copies a folder of pkg
// into another module must be able to build and test it.
func TestPkgStandsAlone(t *testing.T) {
	for _, f := range goFiles(t) {
		if !strings.HasPrefix(f.pkg, "pkg/") {
			continue
		}
		for _, path := range f.imports() {
			if strings.HasPrefix(path, module+"/internal") {
				t.Errorf("%s imports %s: pkg is for other people's programs", f.path, path)
			}
		}
	}
}

// foreign says who may import the modules of others that weigh something or that
// decide something, and why nobody else. No home is nobody.
func foreign() []struct{ module, homes, why string } {
	return []struct{ module, homes, why string }{
		{"github.com/spf13", "internal/cli/...", "the work of a command knows nothing of cobra"},
		{"github.com/itchyny/gojq", "internal/cli/out", "jq is a matter of output"},
		{"github.com/knadh/koanf", "internal/config", "settings reach everyone as config.Config"},
		{"github.com/pelletier/go-toml", "internal/config", "settings reach everyone as config.Config"},
		{"modernc.org/sqlite", "internal/store/sqlite internal/ledger internal/hostsim internal/wallet/walletsim", "a driver lives in its adapter; the simulators keep ledgers of their own"},
		{"github.com/pressly/goose", "internal/store/... internal/hostsim", "migrations live in their adapter"},
		{"github.com/xuri/excelize", "pkg/reports/xlsx", "a program that only tabulates links no sheets"},
		{"charm.land", "internal/tui/... internal/cli", "a screen is a matter of the screen"},
		{"golang.org/x/crypto/argon2", "internal/shop", "one place hashes PINs"},
		{"github.com/skip2/go-qrcode", "pkg/qr/symbol", "a program that only reads payloads links no image code"},
		{"github.com/makiuchi-d/gozxing", "pkg/qr/symbol", "a program that only reads payloads links no image code"},
		{"github.com/moov-io/iso8583", "pkg/iso8583/...", "moov packs and is the oracle; our types are the face"},
		{"github.com/goccy/go-yaml", "pkg/settle pkg/iso8583/specfile internal/hostsim/faultscript", "YAML is a matter of files that people write"},
		{"github.com/gopacket/gopacket", "pkg/iso8583/dump", "one package takes packets apart; who has none links no protocols"},
		{"github.com/ebfe/scard", "pkg/reader/pcsc", "PC/SC needs cgo on Linux and macOS; one package pays for it"},
		{"github.com/charmbracelet/x/ansi", "internal/cells internal/cli/out pkg/reports", "cells measures and out strips; pkg/reports stands alone and measures for itself; nobody else counts columns"},
		{"golang.org/x/term", "internal/cli", "only the frame asks whether a person is looking"},
		{"github.com/stretchr/testify", "", "tests use the standard library"},
		{"github.com/golang/mock", "", "a fake is a small type that passes the same suite"},
	}
}

func TestForeignModules(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, path := range f.imports() {
			for _, rule := range foreign() {
				homes := strings.Fields(rule.homes)
				atHome := slices.ContainsFunc(homes, func(home string) bool { return matches(home, f.pkg) })
				if strings.HasPrefix(path, rule.module) && !atHome && (!f.test || len(homes) == 0) {
					t.Errorf("%s imports %s, which belongs in %q: %s", f.path, path, rule.homes, rule.why)
				}
			}
		}
	}
}

// pure are the packages that do no I/O: they are given what they need and give back
// what is to be done.
func pure() []string {
	return []string{
		"pkg/money", "pkg/card", "pkg/isocode", "pkg/crypto/...", "pkg/emv/...", "internal/i18n", "internal/cells", "internal/nearest",
		"internal/till", "internal/terminal", "internal/receipt", "internal/barcode", "internal/catalogue",
		"internal/tax", "internal/promo", "internal/loyalty", "internal/cart", "internal/tally", "internal/hostsim/faultscript",
	}
}

func TestPurePackages(t *testing.T) {
	forbidden := []string{"os", "os/exec", "net", "net/http", "database/sql", "log", "math/rand", "math/rand/v2"}
	for _, f := range goFiles(t) {
		if f.test || !slices.ContainsFunc(pure(), func(p string) bool { return matches(p, f.pkg) }) {
			continue
		}
		for _, path := range f.imports() {
			if slices.Contains(forbidden, path) {
				t.Errorf("%s imports %s: %s does no I/O; take what it needs as an argument", f.path, path, f.pkg)
			}
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && isName(sel.X, "time") && (sel.Sel.Name == "Now" || sel.Sel.Name == "Sleep" || sel.Sel.Name == "Since") {
				t.Errorf("%s calls time.%s: the clock is handed in", f.at(n), sel.Sel.Name)
			}
			return true
		})
	}
}

func isName(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}
