//! What the rest stands on: observability, edge, delivery.

use super::{
    Access, By, CRITICAL, DAY, Deed, Env, Kind, MAP, Map, Probe, SERVER, Server, Service, TOLERANT,
    run, side,
};

/// Metrics and logs: two namespaces of one tenant.
pub(super) const OBSERVABILITY: Service = Service {
    name: "observability",
    maps: &[
        Map {
            key: "monitoring",
            namespace: "monitoring",
            days: 331,
            labels: &[("app.kubernetes.io/part-of", "observability")],
            access: Access::Live,
            ..MAP
        },
        Map {
            key: "logging",
            namespace: "logging",
            days: 330,
            labels: &[("app.kubernetes.io/part-of", "observability")],
            access: Access::Live,
            ..MAP
        },
    ],
    servers: &[
        Server {
            name: "prometheus",
            kind: Kind::StatefulSet,
            group: "metrics",
            image: "quay.io/prometheus/prometheus",
            runs: &[run("monitoring", 1, "v3.0.0").since(28 * DAY)],
            cpu: ("500m", "2"),
            memory: ("1536Mi", "3Gi"),
            args: &[
                "--config.file=/etc/prometheus/prometheus.yml",
                "--storage.tsdb.retention.time=15d",
            ],
            ports: &[("http", 9090)],
            files: Some((
                "/etc/prometheus",
                &[(
                    "prometheus.yml",
                    "global:\n  scrape_interval: 30s\nscrape_configs:\n- job_name: pods\n  kubernetes_sd_configs:\n  - role: pod\n",
                )],
            )),
            probe: Probe::Http("/-/ready"),
            claim: Some(["db", "100Gi", "", "/prometheus"]),
            beside: &[side(
                "config-reloader",
                "quay.io/prometheus-operator/prometheus-config-reloader:v0.78.2",
                ("10m", "24Mi"),
                8080,
            )],
            usage: "cpu=380m memory=2100Mi breath=0.2",
            logs: "plain rate=0.2/s",
            by: By::Helm("kube-prometheus-stack-66.3.0"),
            ..SERVER
        },
        Server {
            name: "grafana",
            group: "dashboards",
            image: "grafana/grafana",
            runs: &[run("monitoring", 1, "11.3.0").past(&[(28 * DAY, Deed::Image("11.3.1"))])],
            memory: ("192Mi", "384Mi"),
            ports: &[("http", 3000)],
            env: &[
                Env::Config("GF_SERVER_ROOT_URL", "https://grafana.example.com"),
                Env::Secret("GF_SECURITY_ADMIN_PASSWORD"),
            ],
            probe: Probe::Http("/api/health"),
            host: "grafana.example.com",
            usage: "cpu=35m memory=170Mi breath=0.5",
            logs: "plain rate=0.3/s",
            by: By::Helm("kube-prometheus-stack-66.3.0"),
            ..SERVER
        },
        Server {
            name: "node-exporter",
            kind: Kind::DaemonSet,
            group: "metrics",
            image: "quay.io/prometheus/node-exporter",
            runs: &[run("monitoring", 0, "v1.8.2")],
            cpu: ("20m", "200m"),
            memory: ("32Mi", "64Mi"),
            ports: &[("metrics", 9100)],
            probe: Probe::Http("/metrics"),
            usage: "cpu=9m memory=21Mi breath=0.3",
            logs: "quiet",
            by: By::Helm("kube-prometheus-stack-66.3.0"),
            pod: TOLERANT,
            ..SERVER
        },
        Server {
            name: "loki",
            kind: Kind::StatefulSet,
            group: "logs",
            image: "grafana/loki",
            runs: &[run("logging", 1, "3.2.1")],
            cpu: ("250m", "1"),
            memory: ("512Mi", "1Gi"),
            ports: &[("http", 3100)],
            probe: Probe::Http("/ready"),
            claim: Some(["storage", "50Gi", "", "/var/loki"]),
            usage: "cpu=170m memory=620Mi breath=0.4",
            logs: "plain rate=0.6/s",
            by: By::Helm("loki-6.22.0"),
            ..SERVER
        },
        Server {
            name: "fluent-bit",
            kind: Kind::DaemonSet,
            group: "logs",
            image: "fluent/fluent-bit",
            runs: &[run("logging", 0, "3.2.1").since(18 * DAY)],
            cpu: ("50m", "200m"),
            memory: ("64Mi", "128Mi"),
            ports: &[("http", 2020)],
            files: Some((
                "/fluent-bit/etc",
                &[(
                    "fluent-bit.conf",
                    "[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n[OUTPUT]\n    Name loki\n    Host loki\n",
                )],
            )),
            usage: "cpu=28m memory=46Mi breath=0.5",
            logs: "plain rate=0.2/s",
            by: By::Helm("fluent-bit-0.48.3"),
            pod: TOLERANT,
            ..SERVER
        },
    ],
};

/// Where requests come in: a tenant of Capsule.
pub(super) const EDGE: Service = Service {
    name: "edge",
    maps: &[
        Map {
            key: "ingress",
            namespace: "ingress-nginx",
            days: 340,
            labels: &[("capsule.clastix.io/tenant", "edge")],
            access: Access::Closed,
            ..MAP
        },
        Map {
            key: "certs",
            namespace: "cert-manager",
            days: 339,
            labels: &[("capsule.clastix.io/tenant", "edge")],
            access: Access::Closed,
            ..MAP
        },
    ],
    servers: &[
        Server {
            name: "ingress-nginx-controller",
            group: "controller",
            image: "registry.k8s.io/ingress-nginx/controller",
            runs: &[run("ingress", 2, "v1.12.0").since(37 * DAY)],
            cpu: ("200m", "1"),
            memory: ("192Mi", "512Mi"),
            ports: &[("http", 80), ("https", 443)],
            probe: Probe::Http("/healthz"),
            budget: 1,
            usage: "cpu=180m memory=240Mi breath=0.5",
            logs: "access rate=5/s",
            priority: CRITICAL,
            by: By::Helm("ingress-nginx-4.12.0"),
            ..SERVER
        },
        Server {
            name: "cert-manager",
            group: "controller",
            image: "quay.io/jetstack/cert-manager-controller",
            runs: &[run("certs", 1, "v1.16.2")],
            cpu: ("20m", "200m"),
            memory: ("64Mi", "128Mi"),
            ports: &[("metrics", 9402)],
            usage: "cpu=4m memory=52Mi breath=0.3",
            logs: "klog rate=0.2/s",
            by: By::Helm("cert-manager-v1.16.2"),
            ..SERVER
        },
    ],
};

/// How things get here: a workspace of KubeSphere. The runners want more than their quota.
pub(super) const DELIVERY: Service = Service {
    name: "delivery",
    maps: &[
        Map {
            key: "argocd",
            namespace: "argocd",
            days: 300,
            labels: &[("kubesphere.io/workspace", "delivery")],
            access: Access::Live,
            ..MAP
        },
        Map {
            key: "ci",
            namespace: "ci-runners",
            days: 240,
            labels: &[("kubesphere.io/workspace", "delivery")],
            quota: &[
                ("requests.cpu", "4"),
                ("requests.memory", "8Gi"),
                ("limits.cpu", "12"),
                ("limits.memory", "16Gi"),
                ("pods", "12"),
            ],
            limits: true,
            ..MAP
        },
    ],
    servers: &[
        Server {
            name: "argocd-server",
            group: "gitops",
            image: "quay.io/argoproj/argocd",
            runs: &[run("argocd", 2, "v2.13.1").since(15 * DAY)],
            memory: ("128Mi", "256Mi"),
            ports: &[("http", 8080)],
            probe: Probe::Http("/healthz"),
            host: "argocd.example.com",
            usage: "cpu=25m memory=95Mi breath=0.4",
            logs: "plain rate=0.4/s",
            by: By::Helm("argo-cd-7.7.5"),
            ..SERVER
        },
        Server {
            name: "argocd-application-controller",
            kind: Kind::StatefulSet,
            group: "gitops",
            image: "quay.io/argoproj/argocd",
            runs: &[run("argocd", 1, "v2.13.1").since(15 * DAY)],
            cpu: ("250m", "1"),
            memory: ("512Mi", "1Gi"),
            ports: &[("metrics", 8082)],
            usage: "cpu=290m memory=560Mi breath=0.6",
            logs: "plain rate=0.8/s",
            by: By::Helm("argo-cd-7.7.5"),
            ..SERVER
        },
        Server {
            name: "runner",
            group: "build",
            image: "registry.example.com/ci/runner",
            runs: &[run("ci", 3, "2.320.0").past(&[(4 * 60 + 33, Deed::Scale(6))])],
            cpu: ("750m", "2"),
            memory: ("1Gi", "2Gi"),
            env: &[
                Env::Config("RUNNER_LABELS", "linux,x64,large"),
                Env::Secret("RUNNER_TOKEN"),
            ],
            usage: "cpu=640m memory=700Mi breath=1.0",
            logs: "plain rate=0.7/s",
            ..SERVER
        },
        Server {
            name: "buildkit",
            kind: Kind::StatefulSet,
            group: "build",
            image: "moby/buildkit",
            runs: &[run("ci", 1, "v0.17.2")],
            cpu: ("500m", "3"),
            memory: ("1Gi", "4Gi"),
            ports: &[("buildkitd", 1234)],
            probe: Probe::Exec(&["buildctl", "debug", "workers"]),
            claim: Some(["cache", "100Gi", "", "/var/lib/buildkit"]),
            usage: "cpu=410m memory=1300Mi breath=1.0",
            logs: "plain rate=0.4/s",
            by: By::Hand,
            ..SERVER
        },
    ],
};
