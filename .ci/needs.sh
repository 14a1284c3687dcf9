#!/usr/bin/env bash
# Makes sure that all is there which the end-to-end tests need: a Docker daemon that answers; gcc, for go test -race;
# debootstrap, where HEARTH_E2E_IMAGES=source has the images built here; with E2E=full a browser and, as with
# E2E=calibrate, what compiles llama.cpp; and for the gate, which sets CI, npm for the language server of editors and pip for zizmor. Run as root
# on Debian it installs what is missing and starts dockerd; otherwise it names all that is missing. Where everything is there,
# it does nothing.
# It changes no file of Docker's configuration: what a host needs is said on the command line of the daemon it starts.
set -euo pipefail
PATH=$PATH:/usr/sbin # of dockerd and debootstrap, which is not in everybody's

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=/var/lib/hearth-e2e       # the runtime wrapper
log=/var/log/hearth-dockerd.log # of the daemon started here
wait_seconds=180

say() { echo "needs.sh: $*" >&2; }
die() {
  say "$*"
  exit 1
}

missing=()
# need PROGRAM PACKAGE... notes the packages that bring a program, unless it is there.
need() {
  command -v "$1" > /dev/null || missing+=("${@:2}")
}

if ! docker info > /dev/null 2>&1; then
  command -v docker > /dev/null && command -v dockerd > /dev/null || missing+=(docker.io)
fi
[ "${HEARTH_E2E_IMAGES:-pull}" = pull ] || need debootstrap debootstrap
if [ "${E2E:-}" = full ]; then
  need chromium chromium fonts-dejavu-core # without a font it draws no letters
  need certutil libnss3-tools
fi
if [ "${E2E:-}" = calibrate ] || { [ "${E2E:-}" = full ] && [ "${HEARTH_E2E_IMAGES:-pull}" != pull ]; }; then # llama.cpp, for the newest Ollama
  need cmake cmake
  need ninja ninja-build
  need git git
  need g++ g++
fi
if [ -n "${CI:-}" ]; then
  need npm npm
  python3 -m pip --version > /dev/null 2>&1 || missing+=(python3-pip)
fi
command -v gcc > /dev/null || missing+=(gcc libc6-dev)
if ((${#missing[@]} > 0)); then
  [ "$(id -u)" = 0 ] || die "missing: ${missing[*]}; run this as root, or: sudo apt-get install --no-install-recommends ${missing[*]}"
  command -v apt-get > /dev/null || die "missing: ${missing[*]}; install them, this machine has no apt-get"
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # A mirror that fails once often answers the second time; a new machine may still be installing its own updates.
  apt=(apt-get -qq -o Acquire::Retries=3 -o APT::Update::Error-Mode=any -o DPkg::Lock::Timeout=300)
  { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; } > /tmp/hearth-apt.log 2>&1 ||
    die "apt-get failed: $(tail -n 5 /tmp/hearth-apt.log)"
fi

if docker info > /dev/null 2>&1; then
  exit 0
fi
[ "$(id -u)" = 0 ] || die "no Docker daemon answers; start it, or run this as root"

# CAP_SYS_RESOURCE is bit 24. Where a host withholds it from root, "docker run --privileged" fails with "unable to apply
# caps: operation not permitted"; a runtime wrapper then asks for less. A complete host gets the plain daemon.
flags=()
bounding=$((16#$(awk '/^CapBnd:/ {print $2}' /proc/self/status)))
if (((bounding >> 24 & 1) == 0)); then
  say "this host withholds CAP_SYS_RESOURCE: containers will run through a wrapper that does not ask for it"
  mkdir -p "$state"
  (cd "$root" && CGO_ENABLED=0 go build -o "$state/capless" ./e2e/internal/docker/capless)
  flags+=(--add-runtime "capless=$state/capless" --default-runtime capless)
fi

if ((${#flags[@]} == 0)) && [ -d /run/systemd/system ]; then
  systemctl start docker
else
  rm -f /var/run/docker.pid # of a daemon that died with an earlier boot; a living one would have answered above
  say "starting dockerd, log in $log"
  setsid nohup dockerd "${flags[@]}" >> "$log" 2>&1 < /dev/null &
fi
for ((i = 0; i < wait_seconds; i++)); do
  if docker info > /dev/null 2>&1; then
    say "the Docker daemon answers"
    exit 0
  fi
  sleep 1
done
die "the Docker daemon did not answer within $wait_seconds s; the end of $log: $(tail -n 10 "$log" 2>/dev/null)"
