#!/bin/sh
# Rehearses the death of a master, from beginning to end, on a cluster of its own.
# Needs rmsx in the PATH (npm link in a checkout).
set -eu
export RMSX_NAME=rehearsal RMSX_SUBNET=auto RMSX_BASE_PORT=auto
trap 'rmsx down --volumes --yes' EXIT

rmsx up --replicas 2
rmsx status

rmsx fault kill master
rmsx status || echo "status says $?: degraded"

rmsx promote slave-1
rmsx rejoin master # the former master is in sync when it returns; writes that only it has are told before
rmsx status
