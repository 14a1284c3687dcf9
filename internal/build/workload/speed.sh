# Asks a model a short question and fails when the answer comes with fewer tokens per second than it should. POSIX sh: the
# Ollama image has neither curl nor bash. No brace and no dollar sign follows a dollar sign: Flux replaces both.
set -u
model=$1 least=$2
log=$HOME/speed

# To run a model that is not there would pull it.
if ! ollama show "$model" >/dev/null 2>"$log" </dev/null; then
  echo "$model: not asked: $(tail -n 1 "$log")"
  exit 1
fi
if ! ollama run --verbose "$model" 'Write the numbers from one to thirty in words.' >/dev/null 2>"$log" </dev/null; then
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
