# shellcheck shell=bash
# Images of the server. Needs talk.sh.

readonly image_builder=${BASH_SOURCE[0]%/*}/../images/build.sh
readonly pull_seconds=300

image_is_there() {
  docker image inspect "$1" >/dev/null 2>&1
}

# local_image PREFERRED: that image if it is there, else the newest Redis or Valkey from 6.0 on that
# is, else nothing. No engine, no image.
local_image() {
  local names
  names=$(docker image ls --format '{{.Repository}}:{{.Tag}}' 2>/dev/null) || return 0
  if grep -qxF "$1" <<<"$names"; then
    echo "$1"
    return
  fi
  grep -E '^(redis|valkey|valkey/valkey):([6-9]|[1-9][0-9])(\.|$|-)' <<<"$names" | sort -t: -k2 -V | tail -n 1 || true
}

# For a person: the real image if it can be had, else one that is built here.
provide_image() {
  local image=$1
  if image_is_there "$image"; then
    return 0
  fi
  say "pulling $image"
  if bounded "$pull_seconds" docker pull "$image" >&2; then
    return 0
  fi
  say "$image cannot be pulled"
  if ! "$image_builder" "$image"; then
    die "$image is not there: load it (docker load), or choose another with --image"
  fi
}

# For the tests: never pulled, so that every machine tests the same versions.
provide_test_images() {
  local image missing=()
  for image in redis:6.0 redis:7.0 redis:8.0 valkey:8.1; do
    image_is_there "$image" || missing+=("$image")
  done
  if [[ ${#missing[@]} -gt 0 ]]; then
    "$image_builder" "${missing[@]}"
  fi
}
