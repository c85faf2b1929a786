# shellcheck shell=bash
# Fetches packages of any Debian release without installing them. Needs talk.sh and system.sh.

readonly debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

require_package_tools() {
  local tool
  for tool in apt-get dpkg-deb tar; do
    command -v "$tool" >/dev/null || die "$tool is not there: this step needs Debian or Ubuntu"
  done
  if [[ ! -r $debian_keyring ]]; then
    is_root || die "$debian_keyring is missing: install the package debian-archive-keyring"
    say 'installing debian-archive-keyring, to check what comes from the mirror'
    install_packages debian-archive-keyring
  fi
}

# Prints the mirrors to try. The machine's own comes first, as it may be the only one in reach;
# releases that have left the mirrors are kept in Debian's archive.
mirrors() {
  if [[ $(os_release ID) == debian ]]; then
    # shellcheck disable=SC2016 # apt fills these in, not the shell
    apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Identifier: Packages' 'Component: main' |
      awk -v release="$(os_release VERSION_CODENAME)" '$1 == release && !found++ { print $2 }'
  fi
  echo http://deb.debian.org/debian
  echo http://archive.debian.org/debian
}

# open_release DIR RELEASE: gives apt a world of its own in DIR, in which nothing is installed and
# which knows that release alone. The machine's other apt settings (a proxy, say) still hold.
open_release() {
  local dir=$1 release=$2 mirror
  mkdir -p "$dir"/{lists,archives}/partial "$dir/none"
  : >"$dir/status"
  cat >"$dir/apt.conf" <<CONF
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "$dir/none";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "$dir/none";
Dir::State "$dir";
Dir::State::status "$dir/status";
Dir::Cache "$dir";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::http::Timeout "30";
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
CONF
  while read -r mirror; do
    echo "deb [signed-by=$debian_keyring] $mirror $release main" >"$dir/sources.list"
    if APT_CONFIG=$dir/apt.conf apt-get -qq update >&2 </dev/null; then
      return 0
    fi
    say "$mirror does not serve Debian $release to us; trying the next mirror"
  done < <(mirrors)
  die "no mirror serves Debian $release"
}

# fetch_packages DIR PACKAGE...: leaves the packages and all that they depend on in DIR/archives.
fetch_packages() {
  local dir=$1
  shift
  APT_CONFIG=$dir/apt.conf apt-get -qq --yes --no-install-recommends --download-only install "$@" >&2
}
