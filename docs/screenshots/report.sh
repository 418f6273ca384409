#!/usr/bin/env bash
# Makes the README's picture of a report: bin/till writes the page, Chromium draws it.
# Needs chromium and Go; the second argument is the folder that the picture goes into.
set -euo pipefail
till=$1 into=$2
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir -p "$into"
export XDG_CONFIG_HOME=$home/config TILL_DATA=$home/shop TILL_SHOP_TIMEZONE=UTC

browser=
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then browser=$name; break; fi
done
[ -n "$browser" ] || { echo "chromium is not installed (Debian: chromium)" >&2; exit 1; }

"$till" store seed --example cafe >/dev/null 2>&1
go run ./internal/samplestore "$TILL_DATA"
"$till" staff sign-in qian --pin-file <(echo 5931) >/dev/null 2>&1
"$till" report sales --lang en --period 2026-03 --compare prev -o "$home/report.html"
"$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run \
  --user-data-dir="$home/profile" --window-size=1000,1000 \
  --screenshot="$into/report.png" "file://$home/report.html" 2>/dev/null
echo "$into/report.png"
