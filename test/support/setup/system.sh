# shellcheck shell=bash
# What kind of machine this is, and what may be installed on it. Needs talk.sh.

# Prints one field of /etc/os-release, or nothing.
os_release() {
  # shellcheck source=/dev/null
  [[ ! -r /etc/os-release ]] || (. /etc/os-release && printf '%s' "${!1-}")
}

is_debian_like() {
  [[ " $(os_release ID) $(os_release ID_LIKE) " == *" debian "* ]] && command -v apt-get >/dev/null
}

is_root() {
  [[ $(id -u) == 0 ]]
}

runs_systemd() {
  [[ -d /run/systemd/system ]]
}

# Errors are shown; the long tale of an installation that goes well is not.
install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  # An installation that was killed half way blocks every later one until it is finished.
  dpkg --configure -a >&2
  # A machine that has just started may be busy with its own updates: wait for the lock.
  apt-get -qq -o DPkg::Lock::Timeout=120 update >/dev/null
  apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 \
    install --yes --no-install-recommends "$@" >/dev/null
}

# provide_programs WHY PROGRAM[=PACKAGE]…: installs the packages of the programs that are missing.
provide_programs() {
  local why=$1 program names=()
  shift
  for program in "$@"; do
    command -v "${program%=*}" >/dev/null || names+=("${program#*=}")
  done
  if ((${#names[@]} == 0)); then
    return 0
  fi
  if ! is_debian_like || ! is_root; then
    die "please install ${names[*]}: $why"
  fi
  say "installing ${names[*]}: $why"
  install_packages "${names[@]}"
}
