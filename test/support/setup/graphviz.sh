#!/usr/bin/env bash
# Provides Graphviz, with which the tests render what `rmsx topology --format dot` prints. Can be repeated.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=talk.sh
. "$here/talk.sh"
# shellcheck source=system.sh
. "$here/system.sh"

provide_programs 'the tests render pictures of topologies with it' dot=graphviz
