#!/usr/bin/env bash
# Provides what the tests of remote engines need: openssl, and an ssh server and client. The tests
# start servers of their own; the one of the system is neither started nor left enabled. Can be repeated.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=talk.sh
. "$here/talk.sh"
# shellcheck source=system.sh
. "$here/system.sh"

readonly start_policy=/usr/sbin/policy-rc.d

# Prints the packages that are missing, one a line.
missing_packages() {
  command -v openssl >/dev/null || echo openssl
  command -v ssh >/dev/null || echo openssh-client
  [[ -x /usr/sbin/sshd ]] || echo openssh-server
}

# Debian starts what it installs, and nobody asked for a server that the whole network can reach.
install_without_starting() {
  local own_policy=''
  if [[ ! -e $start_policy ]]; then
    own_policy=$start_policy
    printf '#!/bin/sh\nexit 101\n' >"$start_policy"
    chmod 0755 "$start_policy"
    trap 'rm -f "$start_policy"' EXIT
  fi
  install_packages "$@"
  if [[ -n $own_policy ]]; then
    rm -f "$start_policy"
    trap - EXIT
  fi
  if [[ " $* " == *' openssh-server '* ]]; then
    leave_disabled
  fi
}

# Where no systemd runs, the server would come with the next boot all the same.
leave_disabled() {
  if runs_systemd; then
    systemctl --quiet disable --now ssh.service ssh.socket 2>/dev/null || true
  elif command -v update-rc.d >/dev/null; then
    update-rc.d ssh disable >/dev/null
  fi
}

main() {
  local packages
  packages=$(missing_packages)
  if [[ -z $packages ]]; then
    return 0
  fi
  if ! is_debian_like || ! is_root; then
    die "please install ${packages//$'\n'/, }: the tests of engines behind TLS and ssh need them"
  fi
  say "installing ${packages//$'\n'/ }, for the tests of engines behind TLS and ssh; no service is started"
  # shellcheck disable=SC2086 # a list of package names
  install_without_starting $packages
}

main "$@"
