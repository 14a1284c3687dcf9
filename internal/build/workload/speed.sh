# Asks a model a short question and fails when the answer comes with fewer tokens per second than it should. POSIX sh: the
# Ollama image has neither curl nor bash. No brace and no dollar sign follows a dollar sign: Flux replaces both.
set -u
model=$1 least=$2
log=$HOME/speed
bounded=hearth-speed-check # the model with an end to its answer: some find none of their own, and the client has no option for it

# To run a model that is not there would pull it.
if ! ollama show "$model" >/dev/null 2>"$log" </dev/null; then
  echo "$model: not asked: $(tail -n 1 "$log")"
  exit 1
fi
trap 'ollama rm "$bounded" >/dev/null 2>&1 </dev/null' EXIT
trap 'exit 143' TERM INT
printf 'FROM %s\nPARAMETER num_predict 64\n' "$model" >"$HOME/Modelfile"
if ! ollama create "$bounded" -f "$HOME/Modelfile" >/dev/null 2>"$log" </dev/null; then
  echo "$model: not asked: $(tail -n 1 "$log")"
  exit 1
fi
if ! ollama run --verbose "$bounded" 'Write the numbers from one to thirty in words.' >/dev/null 2>"$log" </dev/null; then
  echo "$model: no answer: $(tail -n 1 "$log")"
  exit 1
fi
# The last rate is the answer's, the one before the question's.
rate=$(tr '\r' '\n' <"$log" | sed -n 's/.*eval rate: *\([0-9][0-9.]*\) tokens\/s.*/\1/p' | tail -n 1)
whole=$(expr "$rate" : '\([0-9]*\)')
if [ -z "$whole" ]; then
  echo "$model: answered without saying how fast"
  exit 1
fi
if [ "$whole" -lt "$least" ]; then
  echo "$model: $rate tokens/s, which is below $least"
  exit 1
fi
echo "$model: $rate tokens/s, at least $least"
