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
  # "npm ci" refuses a lock file when the registry lacks some optional package for another system
  # (oxlint's, for Android). Then "npm install" must come to exactly what the lock file names.
  if ! npm ci --ignore-scripts --no-audit --no-fund; then
    echo "npm ci refused; installing what the lock file names and checking each hash"
    rm -rf node_modules
    npm install --no-save --ignore-scripts --no-audit --no-fund
  fi
  node "$root/tools/verify_lock.mjs" .
  echo "$sum" >$mark
fi
