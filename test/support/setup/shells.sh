#!/usr/bin/env bash
# Provides zsh and fish, in which the tests try the completion scripts. Can be repeated.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=talk.sh
. "$here/talk.sh"
# shellcheck source=system.sh
. "$here/system.sh"

main() {
  if command -v zsh >/dev/null && command -v fish >/dev/null; then
    return 0
  fi
  if ! is_debian_like || ! is_root; then
    die 'please install zsh and fish: the tests try the completion scripts in them'
  fi
  say 'installing zsh and fish, in which the tests try the completion scripts'
  install_packages zsh fish
}

main "$@"
