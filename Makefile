# Every command of the workshop, each once. `make help` lists them.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo build test race fuzz bench golden cover lint tidy dist man screenshots ci install-test-deps clean

GO ?= go
GOLANGCI_LINT_VERSION := v2.15.0
LINT := bin/golangci-lint-$(GOLANGCI_LINT_VERSION)

# A plain go build needs no C library. Where libpcsclite is at hand, readers on PC/SC come
# in by a tag; asked anew in every recipe, since install-test-deps may have brought it.
TAGS = $(shell pkg-config --exists libpcsclite 2>/dev/null && echo '-tags pcsc')

# How long each fuzz target runs, and which packages have goroutines that share.
T ?= 10s
CONCURRENT := ./pkg/iso8583/link/... ./pkg/reader/... ./internal/host/... ./internal/hostsim/... \
	./internal/register/... ./internal/wallet/... ./internal/store/... ./internal/vault/... ./internal/shop/... ./internal/tui/... ./internal/cli/...
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

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
	CGO_ENABLED=1 $(GO) test $(TAGS) -race -timeout 20m $(CONCURRENT)

fuzz: ## run every fuzz target for T, as in make fuzz T=1m
	@grep -rl --include='*_test.go' '^func Fuzz' cmd internal pkg | sort | while read -r file; do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file"); do \
			echo "fuzz $$(dirname "$$file") $$target"; \
			$(GO) test $(TAGS) -run '^$$' -fuzz "^$$target\$$" -fuzztime $(T) "./$$(dirname "$$file")" \
				| { grep -v -e '^fuzz: elapsed' -e '^PASS' || true; }; \
		done; \
	done

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
	$(MAKE) fuzz T=5s
	$(MAKE) dist

install-test-deps: ## install what the tests use, as root on Debian; TILL_NO_INSTALL=1 refuses
	@.ci/install-test-deps

clean: ## take away what was built
	rm -rf bin dist coverage.out
