#!/usr/bin/env bash
# usage: tools/npm_ci.sh FOLDER
# "npm ci" in FOLDER, only if its lock file changed since the last time. Safe to run twice at once.
set -eu
# shellcheck source=tools/shell.sh
. "$(dirname "$0")/shell.sh"
cd "$1"
for tool in node npm; do
  command -v $tool >/dev/null || die "$tool is not installed, and $1 needs it: apt-get install nodejs npm"
done
ensure_node
exec 9>"$root/build/npm.lock"
flock 9
mark=node_modules/.attune-lock
sum=$(cat package.json package-lock.json | sha256sum)
if [ "$(cat $mark 2>/dev/null)" != "$sum" ]; then
  npm ci --ignore-scripts --no-audit --no-fund
  echo "$sum" >$mark
fi
