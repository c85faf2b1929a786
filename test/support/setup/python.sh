#!/usr/bin/env bash
# Provides Python, in which one of the examples is written that the tests run. Can be repeated.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=talk.sh
. "$here/talk.sh"
# shellcheck source=system.sh
. "$here/system.sh"

main() {
  if command -v python3 >/dev/null; then
    return 0
  fi
  if ! is_debian_like || ! is_root; then
    die 'please install python3: one of the examples is written in it'
  fi
  say 'installing python3, in which one of the examples is written'
  install_packages python3
}

main "$@"
