#!/usr/bin/env bash
# Writes what the archives hold besides the programs: the completions of each shell, and the pages of man. goreleaser runs it first, at the root of the repository.
set -euo pipefail
out=bin/release
rm -rf "$out"
mkdir -p "$out/completions"
CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o "$out/hearth" ./cmd/hearth
for shell in bash zsh fish powershell; do
  "$out/hearth" completion "$shell" > "$out/completions/hearth.$shell"
done
"$out/hearth" man "$out/man"
