# shellcheck shell=bash
# Node, the npm dependencies and the build. Works in the current directory, which is the project's.
# Needs talk.sh.

readonly build_stamp=node_modules/.rmsx-built

require_node() {
  local version
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    die 'rmsx needs Node.js 20.19 or later, with npm: install it (https://nodejs.org) and try again'
  fi
  version=$(node --version)
  node -e 'const [a, b] = process.versions.node.split(".").map(Number);
    process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    die "rmsx needs Node.js 20.19 or later; this is $version: update it and try again"
}

# npm writes this file last, so an installation that was killed is started again.
install_npm_dependencies() {
  if [[ ! -e node_modules/.package-lock.json || package-lock.json -nt node_modules/.package-lock.json ]]; then
    say 'installing the npm dependencies'
    npm ci --no-audit --no-fund --loglevel=error >&2
  fi
}

build_is_current() {
  [[ -d dist && -e $build_stamp ]] &&
    [[ -z $(find src templates bin/build.js package.json tsconfig*.json -newer "$build_stamp" -print | head -n 1) ]]
}

# The stamp carries the time at which the build began: what is edited meanwhile is built next time.
build() {
  touch "$build_stamp.new"
  npm run build >&2
  mv "$build_stamp.new" "$build_stamp"
}

build_if_needed() {
  if ! build_is_current; then
    say 'building rmsx'
    build
  fi
}
