#!/usr/bin/env bash
# Checks the workflows of GitHub Actions: actionlint reads whether they are right, zizmor what they let others do. zizmor is
# installed once per version, outside the checkout; --install does only that, and is what the network can spoil.
# Both judge the same on every machine: actionlint asks no shellcheck that happens to be there, zizmor no network.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(cksum < .ci/zizmor.txt | cut -d' ' -f1)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/hearth/zizmor-$version
if [ ! -x "$folder/bin/zizmor" ]; then
  new=$folder.$$
  rm -rf "$new"
  python3 -m pip install --quiet --disable-pip-version-check --require-hashes --target "$new" -r .ci/zizmor.txt
  rm -rf "$folder"
  mv "$new" "$folder"
fi
if [ "${1:-}" = --install ]; then exit; fi

go tool -modfile=tools/go.mod actionlint -shellcheck= -pyflakes=
"$folder/bin/zizmor" --offline --quiet --persona=pedantic .github
