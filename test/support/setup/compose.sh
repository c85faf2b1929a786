#!/usr/bin/env bash
# Provides Docker Compose v2 to the docker client, where it has none: takes the program out of a
# Debian package and puts it where the client of this user looks for its plugins. Can be repeated.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=talk.sh
. "$here/talk.sh"
# shellcheck source=system.sh
. "$here/system.sh"
# shellcheck source=packages.sh
. "$here/packages.sh"

# The first release whose Compose is v2. The program needs nothing but libc, so it runs on older ones.
readonly compose_release=trixie

compose_answers() {
  docker compose version >/dev/null 2>&1
}

install_plugin() {
  local work=$1 plugins=${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins new
  open_release "$work" "$compose_release"
  (cd "$work" && APT_CONFIG=$work/apt.conf apt-get -qq download docker-compose >&2)
  dpkg-deb --extract "$work"/docker-compose_*.deb "$work/root"
  mkdir -p "$plugins"
  # Renamed into place: nobody meets half a program, not even when two of us run at once.
  new=$(mktemp "$plugins/.docker-compose.XXXXXX")
  cp "$work/root/usr/libexec/docker/cli-plugins/docker-compose" "$new"
  chmod 0755 "$new"
  mv "$new" "$plugins/docker-compose"
}

main() {
  if compose_answers; then
    return 0
  fi
  command -v docker >/dev/null || die 'Docker Compose needs the docker client, which is not there'
  say "Docker Compose v2 is not there: taking it from Debian $compose_release's package docker-compose"
  require_package_tools
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  install_plugin "$work"
  compose_answers || die 'Docker Compose was put in place and still does not answer'
}

main "$@"
