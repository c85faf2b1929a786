# shellcheck shell=bash
# How the set-up speaks: on stderr, so that stdout stays with the commands that it prepares.

say() {
  printf '%s\n' "$*" >&2
}

die() {
  say "error: $*"
  exit 1
}

# bounded SECONDS COMMAND...: ends a command that hangs. macOS has no timeout(1); there it is a wish.
bounded() {
  local seconds=$1
  shift
  if command -v timeout >/dev/null; then
    # --foreground: Ctrl-C still reaches the command.
    timeout --foreground --kill-after=10 "$seconds" "$@"
  else
    "$@"
  fi
}
