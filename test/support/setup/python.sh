#!/usr/bin/env bash
# Provides Python, in which one of the examples is written that the tests run. Can be repeated.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=talk.sh
. "$here/talk.sh"
# shellcheck source=system.sh
. "$here/system.sh"

provide_programs 'one of the examples is written in Python' python3
