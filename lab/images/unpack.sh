#!/usr/bin/env bash
# Unpacks an archive of images into a folder that containerd can start with: a cluster then has its images at once.
# Arguments: the archive, the folder. Runs with process and mount namespaces of its own, so nothing of it stays.
set -euo pipefail
archive=$1 store=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n' >"$work/config.toml"
mkdir -p "$store"
containerd --config "$work/config.toml" --root "$store" --state "$work/state" --address "$work/socket" \
  >"$work/log" 2>&1 &
server=$!
for _ in {1..100}; do [ -S "$work/socket" ] && break; sleep 0.1; done
ctr --address "$work/socket" --namespace k8s.io images import "$archive" >/dev/null || { cat "$work/log" >&2; exit 1; }
kill "$server"
wait "$server" || true
