#!/usr/bin/env bash
# Provides zsh and fish, in which the tests try the completion scripts. Can be repeated.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=talk.sh
. "$here/talk.sh"
# shellcheck source=system.sh
. "$here/system.sh"

provide_programs 'the tests try the completion scripts in them' zsh fish
