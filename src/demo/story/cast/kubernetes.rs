//! The cluster's own parts, and what people leave in `default`.

use super::{
    Access, By, CRITICAL, DAY, Kind, MAP, Map, Probe, SERVER, Server, Service, TOLERANT, run, side,
};

/// Where people leave what they meant to clean up.
pub(super) const DEFAULT: Service = Service {
    name: "default",
    maps: &[Map {
        key: "default",
        namespace: "default",
        days: 355,
        access: Access::Closed,
        ..MAP
    }],
    servers: &[Server {
        name: "netshoot",
        kind: Kind::Pod,
        group: "",
        image: "nicolaka/netshoot",
        runs: &[run("default", 1, "v0.13").since(6 * DAY)],
        cpu: ("", ""),
        memory: ("", ""),
        args: &["sleep", "infinity"],
        usage: "cpu=1m memory=4Mi",
        logs: "quiet",
        by: By::Hand,
        ..SERVER
    }],
};

/// The cluster's own parts.
pub(super) const SYSTEM: Service = Service {
    name: "kubernetes",
    maps: &[Map {
        key: "system",
        namespace: "kube-system",
        days: 355,
        access: Access::Closed,
        ..MAP
    }],
    servers: &[
        Server {
            name: "etcd",
            kind: Kind::Static,
            group: "control-plane",
            image: "registry.k8s.io/etcd",
            runs: &[run("system", 1, "3.6.6-0")],
            cpu: ("100m", ""),
            memory: ("100Mi", ""),
            args: &[
                "etcd",
                "--data-dir=/var/lib/etcd",
                "--listen-client-urls=https://127.0.0.1:2379",
            ],
            usage: "cpu=85m memory=410Mi breath=0.2",
            logs: "json rate=0.4/s",
            priority: "system-node-critical",
            ..SERVER
        },
        Server {
            name: "kube-apiserver",
            kind: Kind::Static,
            group: "control-plane",
            image: "registry.k8s.io/kube-apiserver",
            runs: &[run("system", 1, "v1.35.2")],
            cpu: ("250m", ""),
            memory: ("", ""),
            args: &[
                "kube-apiserver",
                "--authorization-mode=Node,RBAC",
                "--etcd-servers=https://127.0.0.1:2379",
            ],
            usage: "cpu=210m memory=940Mi breath=0.3",
            logs: "klog rate=0.5/s",
            priority: "system-node-critical",
            ..SERVER
        },
        Server {
            name: "coredns",
            group: "dns",
            image: "registry.k8s.io/coredns/coredns",
            runs: &[run("system", 2, "v1.13.1").since(140 * DAY)],
            cpu: ("100m", ""),
            memory: ("70Mi", "170Mi"),
            args: &["-conf", "/etc/coredns/Corefile"],
            ports: &[("dns", 53), ("metrics", 9153)],
            files: Some((
                "/etc/coredns",
                &[(
                    "Corefile",
                    ".:53 {\n    errors\n    health\n    ready\n    kubernetes cluster.local in-addr.arpa ip6.arpa\n    prometheus :9153\n    forward . /etc/resolv.conf\n    cache 30\n    loop\n    reload\n}\n",
                )],
            )),
            probe: Probe::Http("/ready"),
            budget: 1,
            usage: "cpu=12m memory=28Mi breath=0.4",
            logs: "plain rate=0.2/s",
            priority: CRITICAL,
            by: By::Hand,
            pod: TOLERANT,
            ..SERVER
        },
        Server {
            name: "kube-proxy",
            kind: Kind::DaemonSet,
            group: "network",
            image: "registry.k8s.io/kube-proxy",
            runs: &[run("system", 0, "v1.35.2")],
            cpu: ("20m", ""),
            memory: ("32Mi", ""),
            args: &[
                "/usr/local/bin/kube-proxy",
                "--config=/var/lib/kube-proxy/config.conf",
            ],
            files: Some((
                "/var/lib/kube-proxy",
                &[(
                    "config.conf",
                    "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n",
                )],
            )),
            usage: "cpu=3m memory=22Mi breath=0.3",
            logs: "klog rate=0.2/s",
            priority: "system-node-critical",
            by: By::Hand,
            pod: TOLERANT,
            ..SERVER
        },
        Server {
            name: "csi-node",
            kind: Kind::DaemonSet,
            group: "storage",
            image: "registry.k8s.io/sig-storage/csi-block-driver",
            runs: &[run("system", 0, "v1.37.0")],
            cpu: ("10m", "100m"),
            memory: ("40Mi", "128Mi"),
            beside: &[side(
                "node-driver-registrar",
                "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.12.0",
                ("10m", "16Mi"),
                0,
            )],
            usage: "cpu=2m memory=24Mi",
            logs: "quiet",
            priority: "system-node-critical",
            by: By::Hand,
            pod: TOLERANT,
            ..SERVER
        },
        Server {
            name: "metrics-server",
            group: "metrics",
            image: "registry.k8s.io/metrics-server/metrics-server",
            runs: &[run("system", 1, "v0.8.0").since(140 * DAY)],
            memory: ("200Mi", "400Mi"),
            args: &[
                "--cert-dir=/tmp",
                "--secure-port=10250",
                "--metric-resolution=15s",
            ],
            ports: &[("https", 10250)],
            probe: Probe::Http("/readyz"),
            usage: "cpu=8m memory=46Mi breath=0.3",
            logs: "klog rate=0.2/s",
            priority: CRITICAL,
            by: By::Hand,
            ..SERVER
        },
    ],
};
