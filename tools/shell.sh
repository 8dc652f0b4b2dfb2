# Sourced by ./run, ./test and tools/*.sh: steps that show what is happening, packages, node.
# shellcheck shell=bash
export LC_ALL=C.UTF-8
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/build/log
mkdir -p "$logs"

die() {
  printf '\nattune: %s\n' "$*" >&2
  exit 1
}

# step NAME WHAT COMMAND... : runs the command with its output in build/log/NAME.log. Shows the
# last line and the seconds while it runs; on failure the last 40 lines. $advice says what to do.
step() {
  local name=$1 what=$2 log=$logs/$1.log start=$SECONDS pid status last shown=0
  shift 2
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    if [ -t 1 ]; then
      last=$(tail -n 1 "$log" 2>/dev/null | tr -dc '[:print:]' | cut -c1-60)
      printf '\r\033[K  %s … %d s  %s' "$what" $((SECONDS - start)) "$last"
    elif [ $((SECONDS - start)) -ge $((shown + 30)) ]; then
      shown=$((SECONDS - start))
      printf '  %s … %d s\n' "$what" "$shown"
    fi
    sleep 0.2
  done
  wait "$pid"
  status=$?
  trap - INT TERM
  [ -t 1 ] && printf '\r\033[K'
  if [ "$status" -eq 0 ]; then
    printf '  %s: done in %d s\n' "$what" $((SECONDS - start))
    return 0
  fi
  printf '  %s: FAILED after %d s\n\n' "$what" $((SECONDS - start))
  tail -n 40 "$log" | sed 's/^/    /'
  printf '\n  All of it: build/log/%s.log\n' "$name"
  [ -n "${advice:-}" ] && printf '  %s\n' "$advice"
  return "$status"
}

# Prints the packages of debian-packages.txt that are not installed. With "test" also those for
# tests. A node, npm or chromium that came another way is as good.
missing_packages() {
  local wanted have name
  wanted=$(if [ "${1:-}" = test ]; then cat "$root/debian-packages.txt"
           else grep -v '\[test\]' "$root/debian-packages.txt"; fi |
    sed 's/#.*//' | tr -s ' \t' '\n' | sed '/^$/d')
  # shellcheck disable=SC2086
  have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
    sed -n 's/^installed //p')
  for name in $wanted; do
    grep -qxF "$name" <<<"$have" && continue
    case $name in
      nodejs) command -v node >/dev/null && continue ;;
      npm | chromium) command -v "$name" >/dev/null && continue ;;
    esac
    printf '%s\n' "$name"
  done
}

install_packages() {
  local sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo -n)
  local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300)
  "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "$@"
}

# ensure_packages [test]: installs what is missing, and only then calls apt at all.
ensure_packages() {
  command -v dpkg-query >/dev/null ||
    die "this is not Debian. Install what debian-packages.txt names in your system's way, and build
with: cmake --preset release && ninja -C build/release (docs/developing.md)."
  local missing
  missing=$(missing_packages "${1:-}")
  [ -z "$missing" ] && return 0
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      die "these packages are missing; install them as root: apt-get install $(echo $missing)"
    sudo -v || die "sudo did not let you in; as root: apt-get install $(echo $missing)"
  fi
  # shellcheck disable=SC2086
  advice="Is the network there? By hand: apt-get update && apt-get install $(echo $missing)" \
    step packages "Installing $(wc -w <<<"$missing") Debian packages" install_packages $missing
}

# Vite and the model packages need node 20.19 or newer. Debian 12 has 18: then a newer node, an
# npm package locked with its hash (tools/node), goes into .cache/node and stands first in PATH.
node_is_new() {
  command -v node >/dev/null &&
    node -e 'const [a,b]=process.versions.node.split(".").map(Number);
             process.exit(a>20||(a===20&&b>=19)?0:1)' 2>/dev/null
}
ensure_node() {
  node_is_new && return 0
  local arch place
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) die "node is older than 20.19, and tools/node has none for $(uname -m). Install a newer node." ;;
  esac
  place=$root/.cache/node/node_modules/node-linux-$arch/bin
  if ! cmp -s "$root/tools/node/package-lock.json" "$root/.cache/node/package-lock.json" ||
    [ ! -x "$place/node" ]; then
    mkdir -p "$root/.cache/node"
    cp "$root/tools/node/package.json" "$root/tools/node/package-lock.json" \
      "$root/tools/node/.npmrc" "$root/.cache/node/"
    advice="npm needs to reach its registry once. Or install node 20.19 or newer yourself." \
      step node "Fetching a newer node than Debian 12's" \
      npm ci --prefix "$root/.cache/node" --ignore-scripts --no-audit --no-fund || return 1
  fi
  export PATH=$place:$PATH
  node_is_new || die "the node in .cache/node does not start; remove .cache/node and try again."
}
