#!/bin/sh
# The entrypoint of the test images. It behaves as the official images do where rmsx could notice:
# a server started by root gives the working directory to the redis user and becomes that user;
# every other command runs as it was asked for.
set -e

user=redis

# `docker run IMAGE --port 7000` and `docker run IMAGE /some/redis.conf` mean the server.
case ${1-} in
  -* | *.conf) set -- redis-server "$@" ;;
esac

# What the server writes is for the server alone, unless the caller has chosen a mask of their own.
if [ "$(umask)" = 0022 ]; then
  umask 0077
fi

if [ "$(id -u)" = 0 ]; then
  case ${1-} in
    redis-server | redis-sentinel | valkey-server | valkey-sentinel)
      # A file that is not ours to change (a read-only mount, say) is the server's to complain about.
      find . ! -user "$user" -exec chown "$user:$user" {} + || true
      # exec: the server has to be PID 1, so that the engine's signals reach it.
      exec setpriv --reuid="$user" --regid="$user" --clear-groups -- "$@"
      ;;
  esac
fi

exec "$@"
