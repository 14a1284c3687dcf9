# The few targets there are. Everything also runs as the plain command beside it.
TOOL := go tool -modfile=tools/go.mod

.PHONY: render test lint workflows judge agree alerts keys e2e e2e-full calibrate bench release release-snapshot release-tools

render: ## write bases/, overlays/ and fleet.yaml from hearth.yaml
	go run ./cmd/hearth render

test: ## the hermetic tests
	go test ./...

lint: ## gofmt, vet and golangci-lint
	test -z "$$(gofmt -l .)"
	go vet ./...
	$(TOOL) golangci-lint run ./...

workflows: ## actionlint and zizmor over .github
	.ci/workflows.sh

judge: ## what kube-score says of the committed overlays, into docs/vet.md
	go test ./internal/vet -run KubeScore -kube-score -update

agree: ## hold what is read in rules of Traefik and written for ingress-nginx, and what Flux, Helm and kpt do with a tree, against their code
	cd tools/traefikrule && go test -v .
	cd tools/gitops && go test -v .
	go test -v ./internal/build/route/ingressnginx -ingressnginx

alerts: ## run the tests of the alert rules by Prometheus' own promtool, which is built first
	go test -v ./internal/build/monitoring -run Promtool -promtool

keys: ## ask Caddy itself for the keys of programs, which is built first
	go test -v ./internal/build/keys -caddy

e2e: ## the smoke test on a kind cluster; needs Docker
	.ci/needs.sh
	E2E=1 go test -v -count=1 -timeout 60m ./e2e

e2e-full: ## what the gate has no time for: a real browser, faults, a dry run of everything; needs Docker and Chromium; writes docs/reports
	E2E=full .ci/needs.sh
	E2E=full go test -v -count=1 -p 1 -timeout 240m ./e2e ./e2e/dryrun

calibrate: ## measure both Ollamas and hold sizing against them (docs/calibration.md); needs Docker, two hours
	E2E=calibrate .ci/needs.sh
	go run ./e2e/calibrate memory
	go run ./e2e/calibrate memory --ollama 0.34.0
	go run ./e2e/calibrate limits
	go run ./e2e/calibrate limits --ollama 0.34.0
	go run ./e2e/calibrate threads
	go run ./e2e/calibrate chat

bench: ## measure hearth beside kustomize and a function that does nothing, into docs/benchmarks.md; helm's charts by --chart, which `go run ./e2e/bench --help` explains
	go run ./e2e/bench --write

# goreleaser and syft are built from modules of their own, pinned there: what makes a release must not raise hearth's modules.
release-tools:
	go -C tools/goreleaser build -o ../../bin/tools/ github.com/goreleaser/goreleaser/v2
	go -C tools/syft build -o ../../bin/tools/ github.com/anchore/syft/cmd/syft

release: release-tools ## publish the tag that is checked out; for .github/workflows/release.yaml
	PATH="$(CURDIR)/bin/tools:$$PATH" goreleaser release --clean

release-snapshot: release-tools ## all that a release is made of, into dist/, unsigned and unpublished
	PATH="$(CURDIR)/bin/tools:$$PATH" goreleaser release --snapshot --clean --skip=sign
