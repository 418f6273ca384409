# Every command of the workshop, each once. `make help` lists them.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo build test race faults kill fuzz interop bench golden cover lint tidy dist man screenshots ci install-test-deps clean

GO ?= go
GOLANGCI_LINT_VERSION := v2.15.0
LINT := bin/golangci-lint-$(GOLANGCI_LINT_VERSION)

# A plain go build needs no C library. Where libpcsclite is at hand, readers on PC/SC come
# in by a tag; asked anew in every recipe, since install-test-deps may have brought it.
TAGS = $(shell pkg-config --exists libpcsclite 2>/dev/null && echo '-tags pcsc')

# How long each fuzz target runs, and which packages have goroutines that share: those that
# take longest first, so that no processor waits for them at the end.
T ?= 10s
# How many schedules of faults are run, and which one alone; 0 is all of them.
SEEDS ?= 10000
SEED ?= 0
# How often a till in mid-sale is killed.
KILLS ?= 1000
CONCURRENT := ./internal/cli/... ./internal/store/... ./internal/register/... ./internal/shop/... ./internal/hostsim/... \
	./pkg/iso8583/link/... ./pkg/iso8583/bulk/... ./pkg/reader/... ./internal/host/... ./internal/wallet/... ./internal/vault/... ./internal/groupcommit/... ./internal/ledger/... ./internal/tui/...
# SQLite is C that was translated to Go: what it does to its own memory is not ours to
# watch, and watching it takes six times as long as all the rest.
UNWATCHED := $(foreach package,modernc.org/sqlite/lib modernc.org/libc modernc.org/memory,-gcflags=$(package)=-race=false)
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

# Tests make little that lasts and throw much away: collected less often they end sooner.
test race faults kill fuzz: export GOGC = 400

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

demo: build ## one business day in seconds; needs Go alone
	@bin/till demo

build: ## build bin/till
	@$(GO) build -trimpath $(TAGS) -o bin/till ./cmd/till

test: install-test-deps ## run every test
ifeq ($(CI),true)
	$(GO) test $(TAGS) -v -timeout 15m ./... | awk -f .ci/no-skips.awk
else
	$(GO) test $(TAGS) -timeout 15m ./...
endif

race: ## run the packages with goroutines under the race detector; needs a C compiler
	CGO_ENABLED=1 $(GO) test $(TAGS) -race $(UNWATCHED) -timeout 30m $(CONCURRENT)

faults: ## one sale cut everywhere, then SEEDS schedules of faults; or the one of SEED, told
ifeq ($(SEED),0)
	$(GO) test $(TAGS) ./internal/register -run '^TestEveryCrash' -timeout 30m -args -every
	$(GO) test $(TAGS) ./internal/faults -timeout 1h -v -args -seeds $(SEEDS)
else
	$(GO) test $(TAGS) ./internal/faults -run '^TestSchedules$$' -v -args -seed $(SEED)
endif

kill: ## kill a till in mid-sale KILLS times, and see that no sale is lost or charged twice
	$(GO) test $(TAGS) ./internal/cli -run '^TestKilledInMidSale$$' -timeout 1h -v -args -kills $(KILLS)

fuzz: ## run every fuzz target for T, as in make fuzz T=1m
	@GO=$(GO) .ci/fuzz $(T) $(TAGS)

interop: ## let till and jPOS talk to each other, where Maven and a JDK 17 are there
	@GO=$(GO) .ci/interop

bench: ## run every benchmark
	$(GO) test $(TAGS) -run '^$$' -bench . -benchmem ./...

golden: ## write the golden files anew; read the diff before you commit it
	$(GO) test $$(grep -rl --include='*_test.go' '("update"' cmd internal pkg | xargs -n1 dirname | sort -u | sed 's|^|./|') -update

cover: ## measure the coverage of the tests, each package by all tests
	$(GO) test $(TAGS) -coverpkg=./... -coverprofile=coverage.out ./...
	@$(GO) tool cover -func=coverage.out | tail -n 1

lint: $(LINT) ## look for faults with golangci-lint
	$(LINT) run ./...

$(LINT):
	@echo "installing golangci-lint $(GOLANGCI_LINT_VERSION) into bin"
	@GOBIN=$(CURDIR)/bin GOFLAGS= $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
	@mv bin/golangci-lint $(LINT)

tidy: ## format the code and tidy go.mod
	gofmt -w cmd internal pkg
	$(GO) mod tidy

dist: ## build for every system without cgo, into dist
	@for platform in $(PLATFORMS); do \
		os=$${platform%/*} arch=$${platform#*/} ext=; [ "$$os" = windows ] && ext=.exe; \
		echo "build $$platform"; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GO) build -trimpath -ldflags '-s -w' \
			-o "dist/till-$$os-$$arch$$ext" ./cmd/till; \
	done

man: build ## write the manual pages of both languages into dist/man
	@bin/till man dist/man/man1
	@bin/till man --lang zh dist/man/zh_CN/man1

screenshots: build ## make the README's pictures; needs tmux and chromium
	@docs/screenshots/checkout.sh bin/till docs/images
	@docs/screenshots/report.sh bin/till docs/images

ci: ## all that continuous integration runs
	$(MAKE) test
	$(MAKE) lint
	$(MAKE) race
	$(MAKE) faults SEEDS=2500
	$(MAKE) kill KILLS=150
	$(MAKE) fuzz T=5s
	$(MAKE) interop
	$(MAKE) dist

install-test-deps: ## install what the tests use, as root on Debian; TILL_NO_INSTALL=1 refuses
	@.ci/install-test-deps

clean: ## take away what was built
	rm -rf bin dist coverage.out
