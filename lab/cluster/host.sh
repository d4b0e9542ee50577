#!/usr/bin/env bash
# PID 1 of one lab cluster, in network, mount, process, ipc, host name and cgroup namespaces of its own: when it ends,
# every process, mount and link of the cluster ends with it. Mounts what the cluster writes to over the machine's folders,
# then keeps the programs of a Kubernetes node and control plane running. Each waits for what it needs by failing and
# being started again, so their order does not matter.
#
# Environment: NAME, NODE_IP, GATEWAY_IP (the machine, on the bridge), POD_CIDR, PROGRAMS (folder of the built programs),
# CONFIGURATION (the folder of this file), GIT_FOLDER (repositories that it serves), STATE (folder that the cluster may fill, with its keys in pki/).
set -euo pipefail

# Nothing of the cluster is written to the machine's own folders: /var and /etc lead to STATE, /run is empty.
cd /
mkdir -p "$STATE"/{var/{lib,log,tmp},etc,etc-work,opt}
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$STATE/etc,workdir=$STATE/etc-work" /etc
mount --bind "$STATE/opt" /opt
mount --bind "$STATE/var" /var
ln -sfn /run /var/run

# Seen from inside, the cluster's cgroup is the root of each hierarchy.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  umount /sys/fs/cgroup
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  # In version 2 only a group without processes gives its children controllers.
  mkdir /sys/fs/cgroup/host
  echo $$ >/sys/fs/cgroup/host/cgroup.procs
  sed 's/[^ ]\+/+&/g' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
else
  for hierarchy in /sys/fs/cgroup/*; do
    [ -L "$hierarchy" ] && continue
    options=$(findmnt --noheadings --output FS-OPTIONS --first-only "$hierarchy")
    umount "$hierarchy"
    case $options in *name=*) controller=${options##*,} ;; *) controller=${options#rw,} ;; esac
    # The one of version 2 has no controllers here and cannot be mounted twice.
    [ "$hierarchy" = /sys/fs/cgroup/unified ] || mount -t cgroup -o "$controller" cgroup "$hierarchy"
  done
fi
# Volumes of pods must reach the containers.
mount --make-rshared /

hostname "$NAME"
sysctl -qw net.ipv4.ip_forward=1
ip link set lo up
# The machine puts the other end on its bridge.
until ip link show eth0 >/dev/null 2>&1; do sleep 0.1; done
ip address add "$NODE_IP/16" dev eth0
ip link set eth0 up
ip route add default via "$GATEWAY_IP"

# Where the defaults of CNI, the kubelet and Istio's CNI plugin look.
mkdir -p /etc/cni/net.d /etc/kubernetes/pki /opt/cni/bin /var/lib/volumes
mount --bind "$STATE/pki" /etc/kubernetes/pki
cp /usr/lib/cni/* /opt/cni/bin/
sed "s|POD_CIDR|$POD_CIDR|" "$CONFIGURATION/network.conflist" >/etc/cni/net.d/10-lab.conflist
for volume in {1..40}; do mkdir -p "/var/lib/volumes/$volume"; done

# keep NAME COMMAND...: starts the command again whenever it ends
keep() {
  local log=/var/log/$1.log
  shift
  while :; do
    "$@" >>"$log" 2>&1 || echo "ended with exit code $?, is started again" >>"$log"
    sleep 1
  done
}

# Two cores are shared and memory is there: the garbage collectors of Go's programs run less often.
export GOGC=400
PATH=$PROGRAMS:$PATH
pki=/etc/kubernetes/pki

# What is lost when the machine loses power may be lost here.
keep etcd etcd --data-dir=/var/lib/etcd --unsafe-no-fsync --listen-client-urls=http://127.0.0.1:2379 \
  --advertise-client-urls=http://127.0.0.1:2379 --listen-peer-urls=http://127.0.0.1:2380 &

# The kubelet is called by its address: its name is in no DNS.
keep kube-apiserver kube-apiserver \
  --etcd-servers=http://127.0.0.1:2379 \
  --advertise-address="$NODE_IP" \
  --service-cluster-ip-range=10.96.0.0/16 \
  --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
  --client-ca-file="$pki/ca.crt" --token-auth-file="$pki/tokens.csv" \
  --service-account-issuer=https://kubernetes.default.svc \
  --service-account-key-file="$pki/service-account.key" --service-account-signing-key-file="$pki/service-account.key" \
  --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged \
  --kubelet-client-certificate="$pki/apiserver.crt" --kubelet-client-key="$pki/apiserver.key" \
  --kubelet-preferred-address-types=InternalIP &

# An autoscaler that is new waits for its turn once before it makes the second replica.
keep kube-controller-manager kube-controller-manager --kubeconfig="$pki/kube-controller-manager.kubeconfig" \
  --leader-elect=false --use-service-account-credentials --horizontal-pod-autoscaler-sync-period=2s \
  --service-account-private-key-file="$pki/service-account.key" --root-ca-file="$pki/ca.crt" &

keep kube-scheduler kube-scheduler --kubeconfig="$pki/kube-scheduler.kubeconfig" --leader-elect=false &

keep containerd containerd --config "$CONFIGURATION/containerd.toml" &

keep kubelet kubelet --config="$CONFIGURATION/kubelet.yaml" --kubeconfig="$pki/kubelet.kubeconfig" \
  --node-ip="$NODE_IP" --hostname-override="$NAME" &

keep kube-proxy kube-proxy --config="$CONFIGURATION/kube-proxy.yaml" --hostname-override="$NAME" &

# The repository that Argo CD follows.
keep git-daemon git -c safe.directory='*' daemon --reuseaddr --export-all --base-path="$GIT_FOLDER" "$GIT_FOLDER" &

# Stands for the Wiz API (addons/coredns.yaml): any answer over TLS shows that the mesh lets its caller out.
keep wiz-api openssl s_server -quiet -accept "$NODE_IP:443" -www -cert "$pki/apiserver.crt" -key "$pki/apiserver.key" &

trap 'exit 0' TERM
while :; do wait; done
