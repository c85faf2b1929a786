#!/usr/bin/env bash
# Provides Graphviz, with which the tests render what `rmsx topology --format dot` prints. Can be repeated.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=talk.sh
. "$here/talk.sh"
# shellcheck source=system.sh
. "$here/system.sh"

main() {
  if command -v dot >/dev/null; then
    return 0
  fi
  if ! is_debian_like || ! is_root; then
    die 'please install graphviz: the tests render pictures of topologies with it'
  fi
  say 'installing graphviz, with which the tests render pictures of topologies'
  install_packages graphviz
}

main "$@"
