#!/bin/sh
# Builds a kustomization that uses hearth-fn, and prints it only if it is whole:
#
#   build.sh FOLDER KIND/NAME... | kubectl apply -f -
#
# Without --enable-exec, kustomize skips exec functions without a word and exits
# with 0: a generator yields nothing, and what is applied with --prune then
# deletes the service. So name the objects that must be there. KUSTOMIZE_FLAGS
# replaces the flags: "--enable-alpha-plugins" is enough for containers.
set -eu

flags=${KUSTOMIZE_FLAGS---enable-alpha-plugins --enable-exec}

fail() {
  echo "build.sh: $*" >&2
  exit 1
}

[ $# -ge 2 ] || fail "usage: build.sh FOLDER KIND/NAME..."
folder=$1
shift

command -v kustomize >/dev/null || fail "no kustomize on the PATH"
# shellcheck disable=SC2086 # the flags are words
built=$(kustomize build $flags "$folder") || fail "kustomize build $folder failed"
[ -n "$built" ] || fail "$folder builds to nothing: does kustomize have --enable-alpha-plugins and --enable-exec? its flags were: ${flags:-none}"

# Kind and name of each document, from the lines that kustomize indents alike.
objects=$(printf '%s\n' "$built" | awk '
  function told() { if (kind != "") print kind "/" name; kind = name = ""; metadata = 0 }
  /^---/        { told() }
  /^[a-z]/      { metadata = ($1 == "metadata:") }
  /^kind: /     { kind = $2 }
  /^  name: /   { if (metadata) name = $2 }
  END           { told() }')
for want in "$@"; do
  printf '%s\n' "$objects" | grep -qxF -- "$want" ||
    fail "$want is missing from $folder: does kustomize have --enable-alpha-plugins and --enable-exec? its flags were: ${flags:-none}"
done
printf '%s\n' "$built"
