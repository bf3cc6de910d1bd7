//! What the analysts have: pipelines, a lake, notebooks, models. Grouped by labels of the namespaces.

use super::{
    Access, By, DAY, Deed, Env, HOUR, Kind, MAP, Map, Probe, SERVER, Server, Service, run, side,
};

/// Pipelines and warehouses: three namespaces that say whose part they are.
pub(super) const ANALYTICS: Service = Service {
    name: "analytics",
    maps: &[
        Map {
            key: "platform",
            namespace: "data-platform",
            days: 188,
            labels: &[("app.kubernetes.io/part-of", "analytics")],
            access: Access::Live,
            ..MAP
        },
        Map {
            key: "lake",
            namespace: "data-lake",
            days: 187,
            labels: &[("app.kubernetes.io/part-of", "analytics")],
            access: Access::Live,
            ..MAP
        },
        Map {
            key: "notebooks",
            namespace: "notebooks",
            days: 44,
            labels: &[("app.kubernetes.io/part-of", "analytics")],
            limits: true,
            ..MAP
        },
    ],
    servers: &[
        Server {
            name: "airflow-scheduler",
            group: "orchestration",
            image: "apache/airflow",
            runs: &[run("platform", 1, "2.10.2").past(&[(23 * DAY, Deed::Image("2.10.3"))])],
            cpu: ("250m", "1"),
            memory: ("512Mi", "1Gi"),
            args: &["scheduler"],
            env: &[
                Env::Config("AIRFLOW__CORE__EXECUTOR", "KubernetesExecutor"),
                Env::Secret("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"),
                Env::Secret("AIRFLOW__CORE__FERNET_KEY"),
            ],
            usage: "cpu=190m memory=610Mi breath=0.4",
            logs: "plain rate=1/s",
            by: By::Helm("airflow-1.15.0"),
            ..SERVER
        },
        Server {
            name: "airflow-web",
            group: "orchestration",
            image: "apache/airflow",
            runs: &[run("platform", 2, "2.10.3").since(23 * DAY)],
            cpu: ("150m", "1"),
            memory: ("640Mi", "1Gi"),
            args: &["webserver"],
            ports: &[("http", 8080)],
            env: &[Env::Secret("AIRFLOW__WEBSERVER__SECRET_KEY")],
            probe: Probe::Http("/health"),
            host: "airflow.example.com",
            usage: "cpu=60m memory=690Mi breath=0.3",
            logs: "access rate=0.5/s",
            by: By::Helm("airflow-1.15.0"),
            ..SERVER
        },
        Server {
            name: "kafka",
            kind: Kind::StatefulSet,
            group: "streaming",
            image: "apache/kafka",
            runs: &[run("platform", 3, "3.9.0").since(36 * DAY)],
            cpu: ("500m", "2"),
            memory: ("1Gi", "2Gi"),
            ports: &[("broker", 9092), ("controller", 9093)],
            env: &[
                Env::Plain("KAFKA_HEAP_OPTS", "-Xmx1g"),
                Env::Config("KAFKA_NUM_PARTITIONS", "12"),
                Env::Config("KAFKA_LOG_RETENTION_HOURS", "72"),
            ],
            probe: Probe::Tcp,
            claim: Some(["data", "80Gi", "", "/var/lib/kafka"]),
            budget: 1,
            usage: "cpu=280m memory=1380Mi breath=0.4",
            logs: "plain rate=0.4/s",
            by: By::Helm("kafka-31.1.0"),
            ..SERVER
        },
        Server {
            name: "hourly-etl",
            kind: Kind::CronJob,
            group: "jobs",
            image: "registry.example.com/analytics/etl",
            runs: &[run("platform", 1, "7.4.0")
                .acts("runs=160s")
                .since(3 * HOUR + 20)],
            schedule: "5 * * * *",
            env: &[
                Env::Config("SOURCE", "kafka:9092"),
                Env::Config("SINK", "clickhouse.data-lake:9000"),
                Env::Secret("CLICKHOUSE_PASSWORD"),
            ],
            cpu: ("500m", "2"),
            memory: ("512Mi", "1Gi"),
            usage: "cpu=1200m memory=600Mi breath=0.3",
            logs: "json rate=1.5/s",
            ..SERVER
        },
        Server {
            name: "clickhouse",
            kind: Kind::StatefulSet,
            group: "database",
            image: "clickhouse/clickhouse-server",
            runs: &[run("lake", 2, "24.10")],
            cpu: ("1", "4"),
            memory: ("2Gi", "4Gi"),
            ports: &[("http", 8123), ("native", 9000)],
            env: &[
                Env::Config("CLICKHOUSE_USER", "etl"),
                Env::Secret("CLICKHOUSE_PASSWORD"),
            ],
            probe: Probe::Http("/ping"),
            claim: Some(["data", "200Gi", "", "/var/lib/clickhouse"]),
            budget: 1,
            usage: "cpu=820m memory=2700Mi breath=0.6",
            logs: "plain rate=0.6/s",
            by: By::Helm("clickhouse-7.2.0"),
            ..SERVER
        },
        Server {
            name: "compactor",
            kind: Kind::CronJob,
            group: "jobs",
            image: "registry.example.com/analytics/compactor",
            runs: &[run("lake", 1, "1.1.0")
                .acts("runs=200s")
                .since(14 * DAY)
                .past(&[(14 * DAY - 3, Deed::Suspend)])],
            schedule: "0 2 * * 0",
            env: &[Env::Secret("CLICKHOUSE_PASSWORD")],
            logs: "plain rate=1/s",
            ..SERVER
        },
        Server {
            name: "jupyter-minji",
            kind: Kind::Pod,
            group: "notebook",
            image: "quay.io/jupyter/scipy-notebook",
            runs: &[run("notebooks", 1, "2024-11-19").since(29 * HOUR)],
            cpu: ("500m", "2"),
            memory: ("1Gi", "3Gi"),
            ports: &[("http", 8888)],
            env: &[Env::Plain("JUPYTER_ENABLE_LAB", "yes")],
            usage: "cpu=120m memory=1400Mi breath=0.9",
            logs: "plain rate=0.2/s",
            by: By::Hand,
            ..SERVER
        },
    ],
};

/// Recommendations: who serves them and who learns them. The label of barkeep says so; no node has room to learn.
pub(super) const RECOMMEND: Service = Service {
    name: "recommend",
    maps: &[
        Map {
            key: "serving",
            namespace: "ml-serving",
            days: 120,
            labels: &[
                ("barkeep.dev/service", "recommend"),
                ("barkeep.dev/map", "serving"),
            ],
            access: Access::Live,
            ..MAP
        },
        Map {
            key: "training",
            namespace: "ml-training",
            days: 119,
            labels: &[
                ("barkeep.dev/service", "recommend"),
                ("barkeep.dev/map", "training"),
            ],
            ..MAP
        },
    ],
    servers: &[
        Server {
            name: "ranker",
            group: "inference",
            image: "registry.example.com/ml/ranker",
            runs: &[run("serving", 3, "24.45").past(&[
                (14 * DAY, Deed::Image("24.46")),
                (7 * DAY, Deed::Image("24.47")),
            ])],
            cpu: ("400m", "2"),
            memory: ("768Mi", "1536Mi"),
            ports: &[("grpc", 8500), ("http", 8501)],
            env: &[
                Env::Config("MODEL_URI", "s3://models/two-tower/24.47"),
                Env::Config("MAX_BATCH", "128"),
            ],
            probe: Probe::Tcp,
            scale: Some((2, 8, 70)),
            budget: 1,
            beside: &[side(
                "model-sync",
                "registry.example.com/ml/model-sync:1.3.0",
                ("20m", "48Mi"),
                0,
            )],
            usage: "cpu=900m memory=880Mi breath=0.5 shared",
            logs: "json rate=2/s",
            ..SERVER
        },
        Server {
            name: "embeddings",
            group: "inference",
            image: "registry.example.com/ml/embeddings",
            runs: &[run("serving", 2, "1.8.0").past(&[(10 * DAY, Deed::Image("1.8.1"))])],
            cpu: ("500m", "2"),
            memory: ("1Gi", "2Gi"),
            ports: &[("grpc", 8500)],
            probe: Probe::Tcp,
            usage: "cpu=420m memory=1150Mi breath=0.4",
            logs: "plain rate=0.5/s",
            ..SERVER
        },
        Server {
            name: "feature-store",
            kind: Kind::StatefulSet,
            group: "database",
            image: "redis",
            runs: &[run("training", 1, "7.4.1-alpine")],
            memory: ("256Mi", "1Gi"),
            ports: &[("redis", 6379)],
            probe: Probe::Tcp,
            claim: Some(["data", "16Gi", "", "/data"]),
            usage: "cpu=30m memory=380Mi breath=0.2",
            logs: "plain rate=0.2/s",
            by: By::Helm("redis-20.6.1"),
            ..SERVER
        },
        Server {
            name: "train-two-tower-2448",
            kind: Kind::Job,
            group: "training",
            image: "registry.example.com/ml/train",
            runs: &[run("training", 1, "24.48").acts("runs=4h").since(52)],
            cpu: ("12", "12"),
            memory: ("12Gi", "12Gi"),
            args: &["--epochs", "8", "--data", "s3://features/2026-11"],
            usage: "cpu=11 memory=9Gi breath=0.1",
            logs: "plain rate=0.5/s",
            by: By::Hand,
            ..SERVER
        },
    ],
};
