# shellcheck shell=bash
# A Docker engine that answers. Needs talk.sh and system.sh.

readonly engine_log=/var/log/dockerd.log
readonly engine_start_seconds=60

engine_answers() {
  bounded 20 docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# Prints what makes the client look for an engine elsewhere than on this machine, or nothing.
chosen_engine() {
  local context
  if [[ -n ${DOCKER_HOST-} ]]; then
    echo "DOCKER_HOST=$DOCKER_HOST"
  elif [[ -n ${DOCKER_CONTEXT-} ]]; then
    echo "DOCKER_CONTEXT=$DOCKER_CONTEXT"
  elif context=$(docker context inspect --format '{{.Name}}' 2>/dev/null) && [[ $context != default ]]; then
    echo "the docker context $context"
  fi
}

# Prints the packages that are missing, one a line.
missing_engine_packages() {
  command -v dockerd >/dev/null || echo docker.io
  command -v iptables >/dev/null || echo iptables
  command -v ip >/dev/null || [[ -x /sbin/ip ]] || echo iproute2
  # From trixie on, docker.io leaves its client to a package of its own.
  if ! command -v docker >/dev/null && [[ -n $(apt-cache show docker-cli 2>/dev/null) ]]; then
    echo docker-cli
  fi
  # Where the kernel enforces AppArmor, no container starts without its tools.
  if [[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) == Y ]]; then
    command -v apparmor_parser >/dev/null || echo apparmor
  fi
  # systemd mounts the control groups; without it somebody else must.
  if ! runs_systemd && [[ -z $(ls -A /sys/fs/cgroup 2>/dev/null) ]]; then
    echo cgroupfs-mount
  fi
}

explain_engine() {
  local words=''
  if command -v docker >/dev/null; then
    words=$(bounded 20 docker version 2>&1 >/dev/null | tail -n 1) || true
  fi
  if [[ $words == *'permission denied'* ]]; then
    say 'A Docker engine is there, but you may not use it. Please do one of these:'
    say '  - run this command as root'
    say '  - as root: adduser YOU docker; then log in again, and run this command again'
    say "What docker says: $words"
    return
  fi
  say 'No Docker engine answers, and this script sets one up on Debian and Ubuntu only, as root.'
  say 'Please do this:'
  if is_debian_like; then
    say '  1. as root: apt-get update && apt-get install docker.io iptables'
    if runs_systemd; then
      say '  2. as root: systemctl start docker'
    else
      say '  2. as root: dockerd &'
    fi
    say '  3. allow yourself to use it: as root, adduser YOU docker; then log in again'
    say '  4. run this command again (or run it as root now, and it does all this)'
  else
    say '  1. install Docker (https://docs.docker.com/engine/install/) and start it'
    say '  2. see that "docker version" shows a server'
    say '  3. run this command again'
  fi
  [[ -z $words ]] || say "What docker says now: $words"
}

wait_for_engine() {
  local deadline=$((SECONDS + engine_start_seconds)) daemon=${1-}
  until engine_answers; do
    if ((SECONDS >= deadline)) || { [[ -n $daemon ]] && ! kill -0 "$daemon" 2>/dev/null; }; then
      return 1
    fi
    sleep 0.5
  done
}

start_engine() {
  if runs_systemd; then
    say 'starting the Docker daemon: systemctl start docker'
    if ! systemctl start docker || ! wait_for_engine; then
      journalctl --unit docker --no-pager --lines 20 >&2 || true
      die 'the Docker daemon does not answer; the lines above are the end of its log'
    fi
    return
  fi
  if command -v cgroupfs-mount >/dev/null; then
    cgroupfs-mount >&2
  fi
  say "starting the Docker daemon in the background; its log is $engine_log"
  # Its own session: it outlives this script and the terminal.
  setsid nohup dockerd >>"$engine_log" 2>&1 </dev/null &
  if ! wait_for_engine $!; then
    tail -n 20 "$engine_log" >&2
    die "the Docker daemon does not answer; the lines above are the end of $engine_log"
  fi
}

provide_engine() {
  local chosen packages
  if engine_answers; then
    return 0
  fi
  chosen=$(chosen_engine)
  if [[ -n $chosen ]]; then
    die "$chosen is set, and no engine answers there: start that engine, or unset it to use one on this machine"
  fi
  if ! is_debian_like || ! is_root; then
    explain_engine
    exit 1
  fi

  say 'No Docker engine answers. This script will now'
  packages=$(missing_engine_packages)
  if [[ -n $packages ]]; then
    say "  - install from the packages of this system: ${packages//$'\n'/ }"
  fi
  say '  - start the Docker daemon, and leave it running'
  if [[ -n $packages ]]; then
    # shellcheck disable=SC2086 # a list of package names
    install_packages $packages
    # Where the client is a package of its own, that shows only once the package lists are there.
    if ! command -v docker >/dev/null; then
      say "  - and its client: docker-cli"
      install_packages docker-cli
    fi
  fi
  # The installation may have started it.
  engine_answers || start_engine
  say "Docker engine $(docker version --format '{{.Server.Version}}') answers"
}
