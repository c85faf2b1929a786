#!/usr/bin/env bash
# Builds the test images out of Debian's packages, for machines that no registry serves:
#
#   test/support/images/build.sh IMAGE...      IMAGE is one of redis:6.0 redis:7.0 redis:8.0 valkey:8.1
#
# It needs apt, dpkg, the docker client and an engine that answers, and leaves nothing but the image.
# The packages are unpacked, not installed: none of their scripts runs, so neither root nor a chroot
# is needed, and an image takes seconds.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../setup/talk.sh
. "$here/../setup/talk.sh"
# shellcheck source=../setup/system.sh
. "$here/../setup/system.sh"
# shellcheck source=../setup/packages.sh
. "$here/../setup/packages.sh"

# The image is the same whatever the mask of the person who builds it.
umask 022

readonly description="Built from Debian packages by rmsx's test support. Not the official image."

# The uid and gid that the official images give to their redis user.
readonly server_id=999

# What a person or a test expects to find beside the server in an image that is based on Debian.
readonly base_packages=(
  base-files base-passwd bash coreutils dash debianutils diffutils findutils grep gzip hostname
  libc-bin mawk ncurses-base sed tar tzdata util-linux
)

# Prints the Debian release and the packages that an image is made of.
recipe() {
  case $1 in
    redis:6.0) echo 'bullseye redis-server redis-sentinel redis-tools' ;;
    redis:7.0) echo 'bookworm redis-server redis-sentinel redis-tools' ;;
    redis:8.0) echo 'trixie redis-server redis-sentinel redis-tools' ;;
    valkey:8.1) echo 'trixie valkey-server valkey-sentinel valkey-tools' ;;
    *) return 1 ;;
  esac
}

unpack() {
  local root=$1 name package
  shift
  # Packages of older releases carry /bin and /usr/bin apart. One tree, as Debian has it today.
  mkdir -p "$root"/usr/{bin,sbin,lib,lib64}
  for name in bin sbin lib lib64; do
    ln -s "usr/$name" "$root/$name"
  done
  for package in "$@"; do
    dpkg-deb --fsys-tarfile "$package" |
      tar --extract --directory="$root" --keep-directory-symlink --no-same-owner --preserve-permissions \
        --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
        --exclude='./usr/share/locale/*' --exclude='./usr/share/lintian/*'
  done
}

# Does what the packages' scripts would have done, as far as a server in a container needs it.
set_up() {
  local root=$1 command
  cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
  cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
  echo "redis:x:$server_id:$server_id::/home/redis:/usr/sbin/nologin" >>"$root/etc/passwd"
  echo "redis:x:$server_id:" >>"$root/etc/group"
  [[ -e $root/usr/bin/sh ]] || ln -s dash "$root/usr/bin/sh"
  [[ -e $root/usr/bin/awk ]] || ln -s mawk "$root/usr/bin/awk"
  # Valkey's image answers to Redis's names too.
  for command in server cli sentinel benchmark check-aof check-rdb; do
    if [[ -e $root/usr/bin/valkey-$command && ! -e $root/usr/bin/redis-$command ]]; then
      ln -s "valkey-$command" "$root/usr/bin/redis-$command"
    fi
  done
  mkdir -p "$root/data"
  install -D -m 0755 "$here/entrypoint.sh" "$root/usr/local/bin/docker-entrypoint.sh"
}

# Owners are set here and not on disk, so that whoever builds the image need not be root.
import() {
  local root=$1 image=$2 archive=$1.tar
  mv "$root/data" "$root.data"
  tar --create --file="$archive" --directory="$root" --owner=0 --group=0 --numeric-owner .
  tar --append --file="$archive" --directory="$root.data" --transform='s,^\.,./data,' \
    --owner="$server_id" --group="$server_id" --numeric-owner .
  docker import --message "$description" \
    --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change 'ENTRYPOINT ["docker-entrypoint.sh"]' \
    --change "CMD [\"${image%%:*}-server\"]" \
    --change 'WORKDIR /data' \
    --change 'VOLUME /data' \
    --change 'EXPOSE 6379' \
    --change "LABEL org.opencontainers.image.description=\"$description\"" \
    "$archive" "$image" >/dev/null
}

build() {
  local image=$1 dir=$2 release packages
  read -r release packages < <(recipe "$image")
  say "building $image from Debian $release packages"
  open_release "$dir" "$release"
  # shellcheck disable=SC2086 # a list of package names
  fetch_packages "$dir" "${base_packages[@]}" $packages
  unpack "$dir/root" "$dir"/archives/*.deb
  set_up "$dir/root"
  import "$dir/root" "$image"
  say "$image: $description"
}

main() {
  local image
  [[ $# -gt 0 ]] || die 'which image? redis:6.0, redis:7.0, redis:8.0 or valkey:8.1'
  for image in "$@"; do
    recipe "$image" >/dev/null || die "$image: only redis:6.0, redis:7.0, redis:8.0 and valkey:8.1 can be built"
  done
  require_package_tools

  # An image appears only when it is complete: what a killed build leaves is a temporary directory.
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  for image in "$@"; do
    build "$image" "$work/${image/:/-}"
    rm -rf "${work:?}/${image/:/-}"
  done
}

main "$@"
