#!/usr/bin/env bash
# Becomes the parent of host.sh, which runs as PID 1 in namespaces of its own, inside the cgroup of the cluster.
# Environment: CGROUP (path below each hierarchy), and that of host.sh.
set -euo pipefail
for hierarchy in /sys/fs/cgroup/*; do
  [ -L "$hierarchy" ] && continue
  mkdir -p "$hierarchy$CGROUP"
  # A new group of this hierarchy has no processors and no memory until it is given some.
  [ "$hierarchy" != /sys/fs/cgroup/cpuset ] || for group in "$hierarchy$(dirname "$CGROUP")" "$hierarchy$CGROUP"; do
    cat "$hierarchy/cpuset.cpus" >"$group/cpuset.cpus"
    cat "$hierarchy/cpuset.mems" >"$group/cpuset.mems"
  done
  echo $$ >"$hierarchy$CGROUP/cgroup.procs"
done
exec unshare --net --mount --pid --ipc --uts --cgroup --fork --mount-proc bash "$CONFIGURATION/host.sh"
