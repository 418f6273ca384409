#!/usr/bin/env bash
# Makes the README's pictures of the checkout screen: bin/till in tmux, on the example
# shop. Needs tmux and Go; the second argument is the folder that the pictures go into.
set -euo pipefail
till=$1 into=$2
home=$(mktemp -d)
socket=$home/tmux
trap 'tmux -S "$socket" kill-server 2>/dev/null || true; rm -rf "$home"' EXIT
mkdir -p "$into"

in_tmux() { tmux -S "$socket" -f /dev/null "$@"; }

# sees TEXT waits until the screen shows it.
sees() {
  for _ in $(seq 200); do
    in_tmux capture-pane -p | grep -qF "$1" && return
    sleep 0.05
  done
  echo "the screen never showed: $1" >&2
  in_tmux capture-pane -p >&2
  exit 1
}

# picture NAME draws the screen as it is.
picture() { in_tmux capture-pane -e -N -p | go run ./internal/screenshot >"$into/$1.svg"; }

start() { # LANG
  in_tmux new-session -d -x 100 -y 30 "env HOME=$home LANG=$1 LC_ALL=C.UTF-8 COLORTERM= $till checkout --demo --lang ${1%%_*}"
}

stop() { in_tmux kill-server; sleep 0.2; }

# A sale as it is rung up, and its payment by card.
start en_US.UTF-8
sees "Who is at the till?"
in_tmux send-keys li Enter 8264 Enter
sees "Scan the first item"
in_tmux send-keys '2*latte-l' Enter
sees "Latte"
in_tmux send-keys croissant Enter
sees "Croissant"
in_tmux send-keys F5
sees "Number or phone"
in_tmux send-keys 8001 Enter
sees "points"
picture checkout-sale
in_tmux send-keys F9
sees "To pay"
in_tmux send-keys F3
sees "PAID"
picture checkout-paid
stop

# The same in Chinese, with a code to be scanned.
start zh_CN.UTF-8
sees "请登录收银台"
in_tmux send-keys li Enter 8264 Enter
sees "请扫描第一件"
in_tmux send-keys latte-l Enter
sees "Latte"
in_tmux send-keys F9
sees "应付"
in_tmux send-keys F4
sees "请顾客扫描此码"
picture checkout-code
stop
