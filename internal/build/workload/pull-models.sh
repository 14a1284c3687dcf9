# Pulls the models named as arguments into $OLLAMA_MODELS and leaves; a model that is already there costs no network request.
# POSIX sh: the Ollama image has neither curl nor bash. No brace and no dollar sign follows a dollar sign: Flux replaces both
# in all that it applies. Nor does a name alone stand in parentheses after one: the kubelet and kustomize replace that.
attempts=$PULL_ATTEMPTS work=$TMPDIR models=$OLLAMA_MODELS copies=$COPY_MODELS custom=$CUSTOM_MODELS
set -u
[ -n "$attempts" ] || attempts=5     # tries per model; after the last one the pod's own restarts go on, with their back-off
[ -n "$work" ] || work=/tmp          # not $HOME, which may be on the model volume: a full volume would swallow the message
work=$work/puller
[ -n "$models" ] || models=$HOME/.ollama/models
export OLLAMA_HOST=127.0.0.1:11434   # nobody but this script may ask this server
export OLLAMA_NO_CLOUD=1             # or the server asks ollama.com for its catalogue as it starts
export OLLAMA_NOPRUNE=1              # a starting server deletes unfinished downloads that are more than an hour old
server='' client='' failed=''

say() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }

# pause can be cut short by a signal, which a plain sleep cannot.
pause() { sleep "$1" & wait $!; }

# end stops the client before the server, and not at once: how far a download has come is written to disk only when the
# client hangs up while the server still runs.
end() {
  trap '' TERM INT
  if [ -n "$client" ]; then kill "$client" 2>/dev/null; wait "$client"; sleep 1; fi
  if [ -n "$server" ]; then kill "$server" 2>/dev/null; wait "$server"; fi
  rm -rf "$work"
  exit "$1"
}
# As process 1 of a container, a shell without a trap ignores SIGTERM and is killed half a minute later.
trap 'say "stopped by a signal: what was pulled so far is kept"; end 143' TERM INT

# present asks the server, which knows about default tags and registries and opens the weights: a manifest without its
# blob is not a model.
present() { ollama show "$1" >/dev/null 2>&1 </dev/null; }

# last is what sed takes out of the last line that has it, of what the client drew for its terminal.
last() { tr '\r' '\n' <"$1" | sed -n "$2" | tail -n 1; }
percent='s/.*pulling [0-9a-f]*: *\([0-9]*%\).*/\1/p' # of a blob
reason='s/.*Error: //p'                              # without the drawing around it

# sweep removes a download whose note of progress is cut short, as a full disk or a crash leaves it: Ollama would fail to
# read it on every try.
sweep() {
  for part in "$models"/blobs/sha256-*-partial-*; do
    [ -e "$part" ] || continue
    case $(cat "$part") in *'}') ;; *) whole=$(expr "$part" : '\(.*\)-') && rm -f "$whole" "$whole"-* ;; esac
  done
}

pull() {
  try=1 delay=2 removed=''
  while :; do
    say "$1: pulling, try $try of $attempts"
    sweep
    : >"$work/pull"
    ollama pull "$1" >>"$work/pull" 2>&1 </dev/null & client=$!
    seconds=0
    while kill -0 "$client" 2>/dev/null; do
      pause 1
      seconds=$((seconds + 1))
      if [ $((seconds % 15)) -eq 0 ]; then
        drawn=$(last "$work/pull" "$percent")
        [ -n "$drawn" ] || drawn='waiting for the registry'
        say "$1: $drawn after $seconds seconds"
        : >"$work/pull"
      fi
    done
    wait "$client"; status=$?; client=''
    if [ "$status" -eq 0 ]; then
      # The client's 0 is no proof: it also comes from a server that died half-way.
      if present "$1"; then say "$1: complete after $seconds seconds"; return 0; fi
      # Nor is a blob that exists: Ollama never fetches it again, whatever is in it. So the model goes, and comes anew, once.
      if ollama rm "$1" >/dev/null 2>&1 </dev/null; then
        say "$1: damaged on the volume: removed"
        if [ -n "$removed" ]; then return 1; fi
        removed=yes
      fi
    fi
    if ! kill -0 "$server" 2>/dev/null; then say "$1: the local server died: out of memory?"; return 1; fi
    why=$(last "$work/pull" "$reason")
    [ -n "$why" ] || why="ollama pull ended with status $status"
    say "$1: not complete: $why"
    case $why in
    *'pull model manifest: file does not exist'*) say "$1: its registry has no such model or tag: check the spelling"; return 1 ;;
    *'invalid model name'*) say "$1: want MODEL[:TAG], NAMESPACE/MODEL[:TAG] or HOST/NAMESPACE/MODEL[:TAG]"; return 1 ;;
    *'no space left on device'*) df -h "$models"; say "$1: the model volume is too small"; return 1 ;;
    esac
    if [ "$try" -ge "$attempts" ]; then say "$1: giving up after $attempts tries"; return 1; fi
    say "$1: next try in $delay seconds"
    pause "$delay"
    try=$((try + 1)) delay=$((delay * 2))
  done
}

# begin digests
# same reports whether a model's manifest has the digest that the stack gives it, if it does. The manifest names the weights by
# their digest, which Ollama compares as they come; nothing is read again.
same() {
  for pair in $MODEL_DIGESTS; do # NAME=FILE=DIGEST
    case $pair in "$1="*) ;; *) continue ;; esac
    IFS='='; set -- $pair; unset IFS
    seen=$(sha256sum 2>/dev/null <"$models/manifests/$2") || seen=none
    seen=sha256:$(expr "$seen" : '\([0-9a-z]*\)')
    if [ "$seen" = "$3" ]; then return 0; fi
    say "$1: another model: want the digest $3, got $seen"
    return 1
  done
}
# end digests

# copy makes of a model another one that says how many threads compute it: Ollama before 0.30 can be told so by a model
# alone. The weights are shared. It is made anew each time, so that it follows a model that was pulled again.
copy() {
  printf 'FROM %s\nPARAMETER num_thread %s\n' "$1" "$COPY_THREADS" >"$work/Modelfile"
  if ollama create "$2" -f "$work/Modelfile" >"$work/copy" 2>&1 </dev/null && present "$2"; then
    say "$2: $1 with $COPY_THREADS threads"
    return 0
  fi
  say "$2: not made: $(last "$work/copy" "$reason")"
  return 1
}

# make makes a model as its Modelfile says, anew each time. One whose weights are not there is left out: Ollama would pull them.
make() {
  [ -n "$1" ] || return 0
  sources=$(sed -n '/^FROM /!q;s/^FROM //p' "$work/Modelfile") # a model, or files of the volume
  for from in $sources; do
    case " $failed " in *" $from "*) say "$1: not made: there is no $from"; return 0 ;; esac
    case $from in /*) [ -f "$from" ] || { say "$1: not made: there is no file $from"; failed="$failed $1"; return 0; } ;; esac
  done
  if ollama create "$1" -f "$work/Modelfile" >"$work/made" 2>&1 </dev/null && present "$1"; then say "$1: made of" $sources; return 0; fi
  say "$1: not made: $(last "$work/made" "$reason")"
  failed="$failed $1"
}

# filled names a folder of a volume that holds models.
filled() {
  cd "$1" 2>/dev/null || return
  for folder in . * */* .ollama/models; do
    if [ -d "$folder/blobs" ] && [ -d "$folder/manifests" ]; then echo "$folder"; return; fi
  done
}

# To pull them all again, beside what is there, would fill the volume.
if [ ! -d "$models/blobs" ]; then
  other=$(filled "$HOME/.ollama")
  if [ -n "$other" ]; then
    say "nothing is pulled: the volume holds models in its folder $other, and there is no $models/blobs: write" \
      "ollama.modelsFolder: \"$other\", or make that folder, to begin anew beside them"
    exit 1
  fi
fi

if [ $# -eq 0 ] && [ -z "$custom" ]; then say "no model is to be pulled: people do"; exit 0; fi

mkdir -p "$work" || exit 1
ollama serve >"$work/server" 2>&1 </dev/null & server=$!
waited=0
until ollama list >/dev/null 2>&1 </dev/null; do
  waited=$((waited + 1))
  if [ "$waited" -gt 60 ] || ! kill -0 "$server" 2>/dev/null; then
    say "the local server did not start; its log:"; cat "$work/server"; end 1
  fi
  pause 1
done

for model in "$@"; do
  if ! kill -0 "$server" 2>/dev/null; then failed="$failed $model"; continue; fi
# begin digests
  if present "$model" && ! same "$model"; then pull "$model" || failed="$failed $model"; continue; fi
# end digests
  if present "$model"; then say "$model: already on the volume"; continue; fi
  pull "$model" || failed="$failed $model"
done
# begin digests
for model in "$@"; do
  case " $failed " in *" $model "*) continue ;; esac
  if ! same "$model"; then
    say "$model: not served: its registry has another one by now; hearth lock --models takes that"
    failed="$failed $model"
  fi
done
# end digests
IFS=' ='; set -- $copies; unset IFS # MODEL=COPY MODEL=COPY ...
while [ $# -ge 2 ]; do
  case " $failed " in *" $1 "*) ;; *) copy "$1" "$2" || failed="$failed $2" ;; esac
  shift 2
done
name=''
printf '%s\n' "$custom" >"$work/custom" # Modelfiles, each after a line "# model NAME"
while IFS= read -r line; do
  case $line in
  '# model '*) make "$name"; name=$(expr "$line" : '# model \(.*\)'); : >"$work/Modelfile" ;;
  *) printf '%s\n' "$line" >>"$work/Modelfile" ;;
  esac
done <"$work/custom"
make "$name"
if [ -n "$failed" ]; then
  say "not pulled:$failed; the last lines of the local server:"; grep -v GIN "$work/server" | tail -n 20; end 1
fi
ollama list </dev/null
say "all models are on the volume"
end 0
