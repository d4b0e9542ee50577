#!/usr/bin/env bash
# Writes the base of all images to the file $1: one Debian with what the programs need around them, so that a cluster
# takes it in once.
set -euo pipefail
packages=(
  ca-certificates curl procps tini
  git gnupg openssh-client # Argo CD's repository server
  redis-server             # its cache
  nodejs node-pg           # the stand-in services
  postgresql-15
)
include=$(IFS=, && echo "${packages[*]}")
# User 999 is the one of the images of PostgreSQL, redis and Argo CD; git wants it to have a name, and PostgreSQL, which lets
# its superuser in by that name, that one.
mmdebstrap --quiet --variant=minbase --include="$include" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --customize-hook='chroot "$1" groupadd --gid 999 lab' \
  --customize-hook='chroot "$1" usermod --uid 999 --gid 999 --home /home/lab postgres' \
  --customize-hook='chroot "$1" install --directory --owner=999 --group=999 /home/lab' \
  bookworm "$1"
