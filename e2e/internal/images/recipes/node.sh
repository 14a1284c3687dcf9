# Runs inside the node's root file system, after Debian's packages and kind's files are in place: what kind's image does
# on a newer Debian, with containerd, runc and the CNI plugins from packages.

# Nothing may start at boot but what a node needs; in a container there is no hardware to wait for.
rm -f /lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service \
  /lib/systemd/system/multi-user.target.wants/* /lib/systemd/system/local-fs.target.wants/* \
  /lib/systemd/system/sockets.target.wants/*udev* /lib/systemd/system/sockets.target.wants/*initctl* \
  /lib/systemd/system/basic.target.wants/* /etc/systemd/system/*.wants/*
echo ReadKMsg=no >> /etc/systemd/journald.conf
ln -sf /usr/lib/systemd/systemd /sbin/init
systemctl enable kubelet.service containerd.service undo-mount-hacks.service load-images.service
# binfmt_misc belongs to the kernel, hence to the host as well.
systemctl mask systemd-binfmt.service

# kind's units and scripts look where kind's own builds would lie.
mkdir -p /etc/kubernetes/manifests /opt/cni/bin /usr/local/sbin
for program in containerd ctr containerd-shim-runc-v2; do ln -sf "/usr/bin/$program" "/usr/local/bin/$program"; done
ln -sf /usr/sbin/runc /usr/local/sbin/runc
for plugin in host-local loopback ptp portmap; do ln -sf "/usr/lib/cni/$plugin" "/opt/cni/bin/$plugin"; done

# What every container starts from. The hook keeps kubelets of several nodes from reading the same product UUID, and
# without rlimits a container has those of containerd.
ctr oci spec | jq 'del(.process.rlimits) | .hooks.createContainer += [{path: "/kind/bin/mount-product-files.sh"}]' \
  > /etc/containerd/cri-base.json
