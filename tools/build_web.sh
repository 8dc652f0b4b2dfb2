#!/usr/bin/env bash
# usage: tools/build_web.sh OUT
# Builds the web app into OUT/dist, and its compressed forms into OUT/packed.
set -eu
# shellcheck source=tools/shell.sh
. "$(dirname "$0")/shell.sh"
mkdir -p "$1"
out=$(cd "$1" && pwd)
"$root/tools/npm_ci.sh" "$root/web"
ensure_node
cd "$root/web"
exec 8>"$root/build/web.lock"
flock 8
npm run --silent build
[ -f dist/index.html ] || die "npm run build left no web/dist/index.html"
rm -rf "$out/dist"
cp -r dist "$out/dist"
node "$root/tools/compress.mjs" "$out/dist" "$out/packed"
