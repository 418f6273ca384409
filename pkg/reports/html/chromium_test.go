package html_test

import (
	"context"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/reports"
)

// A browser draws the page: the picture is not blank, and dark is another picture.
func TestPageInChromium(t *testing.T) {
	browser := chromium(t)
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, page(t, document(t), reports.Options{Lang: "zh"}), 0o600); err != nil {
		t.Fatal(err)
	}
	light, dark := colours(t, browser, path, "1"), colours(t, browser, path, "0")
	if light[0x2563c9] < 500 || light[0xffffff] < light[0x2563c9] {
		t.Errorf("the light page has %d dots of a chart and %d of paper", light[0x2563c9], light[0xffffff])
	}
	if dark[0x6da2ff] < 500 || dark[0xffffff] > dark[0x181e29] {
		t.Errorf("the dark page has %d dots of a chart and %d of paper", dark[0x6da2ff], dark[0x181e29])
	}
}

func chromium(t *testing.T) string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("TILL_REQUIRE_CHROMIUM") == "1" {
		t.Fatal("TILL_REQUIRE_CHROMIUM=1, and chromium is not installed")
	}
	t.Skip("chromium is not installed (Debian: chromium)")
	return ""
}

// colours counts the dots of each colour, as 0xrrggbb, in a picture of the page. A scheme
// of 0 is dark.
func colours(t *testing.T, browser, path, scheme string) map[uint32]int {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	shot := filepath.Join(dir, "page.png")
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
		"--user-data-dir="+filepath.Join(dir, "profile"), "--blink-settings=preferredColorScheme="+scheme, "--window-size=1000,1200", "--screenshot="+shot, "file://"+path)
	cmd.WaitDelay = 5 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, out)
	}
	f, err := os.Open(shot)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[uint32]int{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			r, g, b, _ := img.At(x, y).RGBA()
			counts[r>>8<<16|g>>8<<8|b>>8]++
		}
	}
	return counts
}
