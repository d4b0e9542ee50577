#!/usr/bin/env bash
# PID 1 of a cluster: enters the cgroup of the cluster and makes it the root of what is seen from inside, then becomes host.sh.
# Environment: CGROUP (path below each hierarchy), and that of host.sh.
set -euo pipefail

# Version 2: one hierarchy, in which a group gives its children the controllers that it has itself.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mkdir -p "/sys/fs/cgroup$CGROUP"
  for group in /sys/fs/cgroup "/sys/fs/cgroup$(dirname "$CGROUP")"; do
    sed 's/[^ ]\+/+&/g' "$group/cgroup.controllers" >"$group/cgroup.subtree_control"
  done
  echo $$ >"/sys/fs/cgroup$CGROUP/cgroup.procs"
else
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
fi
exec unshare --cgroup bash "$CONFIGURATION/host.sh"
