//! What sells: shop and payments. Their namespaces are `<service>-<environment>`.

use super::{
    Access, By, DAY, Deed, Env, HOUR, Kind, MAP, Map, Probe, SERVER, Server, Service, run, side,
};

/// The web shop. Its new API does not pull in dev, its worker does not start in stage.
pub(super) const SHOP: Service = Service {
    name: "shop",
    maps: &[
        Map {
            key: "dev",
            namespace: "shop-dev",
            days: 320,
            limits: true,
            quota: &[
                ("requests.cpu", "6"),
                ("requests.memory", "12Gi"),
                ("pods", "30"),
            ],
            ..MAP
        },
        Map {
            key: "stage",
            namespace: "shop-stage",
            days: 318,
            ..MAP
        },
        Map {
            key: "prod",
            namespace: "shop-prod",
            days: 316,
            access: Access::Live,
            fenced: true,
            limits: true,
            quota: &[
                ("requests.cpu", "8"),
                ("requests.memory", "12Gi"),
                ("limits.memory", "24Gi"),
                ("pods", "60"),
                ("persistentvolumeclaims", "20"),
                ("services.loadbalancers", "0"),
            ],
            ..MAP
        },
    ],
    servers: &[
        Server {
            name: "web",
            group: "frontend",
            image: "registry.example.com/shop/web",
            runs: &[
                run("dev", 1, "2.33.0-rc.1").past(&[(31 * HOUR, Deed::Image("2.33.0-rc.2"))]),
                run("stage", 1, "2.32.1").since(64 * DAY),
                run("prod", 4, "2.31.4").past(&[
                    (26 * DAY, Deed::Image("2.31.5")),
                    (12 * DAY, Deed::Image("2.32.0")),
                    (3 * DAY + 5 * HOUR, Deed::Image("2.32.1")),
                ]),
            ],
            cpu: ("150m", "1"),
            memory: ("192Mi", "384Mi"),
            ports: &[("http", 3000)],
            env: &[
                Env::Plain("NODE_ENV", "production"),
                Env::Config("API_URL", "http://api:8080"),
                Env::Config("CDN_URL", "https://cdn.example.com/shop"),
                Env::Config("FEATURE_NEW_CHECKOUT", "true"),
                Env::Secret("SESSION_SECRET"),
            ],
            probe: Probe::Http("/healthz"),
            host: "shop.example.com",
            scale: Some((3, 10, 65)),
            budget: 1,
            usage: "cpu=380m memory=210Mi breath=0.5 shared",
            logs: "colour rate=1.2/s",
            ..SERVER
        },
        Server {
            name: "api",
            image: "registry.example.com/shop/api",
            runs: &[
                run("dev", 1, "1.86.3").past(&[
                    (2 * DAY, Deed::Image("1.87.0")),
                    (3 * HOUR + 12, Deed::Turn("1.88.0-typo", "missing")),
                ]),
                run("stage", 2, "1.86.3").past(&[(35 * HOUR, Deed::Image("1.87.0"))]),
                run("prod", 4, "1.84.0").past(&[
                    (19 * DAY, Deed::Image("1.85.0")),
                    (9 * DAY, Deed::Image("1.86.2")),
                    (5 * DAY + 2 * HOUR, Deed::Image("1.86.3")),
                ]),
            ],
            cpu: ("250m", "1"),
            memory: ("256Mi", "512Mi"),
            ports: &[("http", 8080), ("metrics", 9090)],
            env: &[
                Env::Config("LOG_LEVEL", "info"),
                Env::Config("DATABASE_HOST", "postgres"),
                Env::Config("REDIS_ADDR", "redis:6379"),
                Env::Secret("DATABASE_PASSWORD"),
                Env::Secret("JWT_SIGNING_KEY"),
            ],
            probe: Probe::Http("/ready"),
            host: "api.shop.example.com",
            budget: 1,
            usage: "cpu=160m memory=190Mi breath=0.4",
            logs: "json rate=3/s",
            ..SERVER
        },
        Server {
            name: "worker",
            image: "registry.example.com/shop/worker",
            runs: &[
                run("stage", 1, "0.40.2")
                    .past(&[(3 * HOUR + 25, Deed::Turn("0.41.0", "crashes=11s exit=2"))]),
                run("prod", 3, "0.40.1").past(&[(6 * DAY, Deed::Image("0.40.2"))]),
            ],
            env: &[
                Env::Config("QUEUE", "orders"),
                Env::Config("CONCURRENCY", "8"),
                Env::Config("DATABASE_HOST", "postgres"),
                Env::Secret("DATABASE_PASSWORD"),
            ],
            usage: "cpu=90m memory=140Mi breath=0.6",
            logs: "json rate=1/s",
            ..SERVER
        },
        Server {
            name: "postgres",
            kind: Kind::StatefulSet,
            group: "database",
            image: "postgres",
            runs: &[
                run("dev", 1, "16.6"),
                run("stage", 1, "16.6"),
                run("prod", 2, "16.4").past(&[(41 * DAY, Deed::Image("16.6"))]),
            ],
            cpu: ("250m", "2"),
            memory: ("512Mi", "1Gi"),
            ports: &[("postgres", 5432)],
            env: &[
                Env::Plain("PGDATA", "/var/lib/postgresql/data/pgdata"),
                Env::Config("POSTGRES_DB", "shop"),
                Env::Config("POSTGRES_USER", "shop"),
                Env::Secret("POSTGRES_PASSWORD"),
            ],
            probe: Probe::Exec(&["pg_isready", "-U", "shop"]),
            claim: Some(["data", "20Gi", "", "/var/lib/postgresql/data"]),
            budget: 1,
            beside: &[side(
                "exporter",
                "quay.io/prometheuscommunity/postgres-exporter:v0.17.1",
                ("10m", "32Mi"),
                9187,
            )],
            usage: "cpu=120m memory=640Mi breath=0.3",
            logs: "plain rate=0.3/s",
            priority: "business-critical",
            by: By::Helm("postgresql-16.4.3"),
            ..SERVER
        },
        Server {
            name: "redis",
            kind: Kind::StatefulSet,
            group: "cache",
            image: "redis",
            runs: &[run("prod", 3, "7.4.1-alpine")],
            cpu: ("100m", "500m"),
            memory: ("256Mi", "512Mi"),
            ports: &[("redis", 6379)],
            args: &["--appendonly", "yes", "--maxmemory", "400mb"],
            probe: Probe::Exec(&["redis-cli", "ping"]),
            claim: Some(["data", "8Gi", "", "/data"]),
            budget: 1,
            usage: "cpu=35m memory=230Mi breath=0.3",
            logs: "plain rate=0.2/s",
            by: By::Helm("redis-20.6.1"),
            ..SERVER
        },
        Server {
            name: "image-resizer",
            image: "registry.example.com/shop/image-resizer",
            runs: &[run("prod", 2, "1.9.0").past(&[(33 * DAY, Deed::Image("1.9.1"))])],
            cpu: ("200m", "1500m"),
            memory: ("256Mi", "768Mi"),
            ports: &[("http", 8080)],
            probe: Probe::Http("/healthz"),
            usage: "cpu=310m memory=330Mi breath=0.8",
            logs: "json rate=0.8/s",
            ..SERVER
        },
        Server {
            name: "nightly-report",
            kind: Kind::CronJob,
            group: "jobs",
            image: "registry.example.com/shop/report",
            runs: &[run("prod", 1, "3.2.0").acts("runs=95s").since(26 * HOUR)],
            schedule: "10 3 * * *",
            env: &[
                Env::Config("REPORT_BUCKET", "s3://shop-reports"),
                Env::Secret("DATABASE_PASSWORD"),
            ],
            usage: "cpu=420m memory=180Mi",
            logs: "plain rate=1/s",
            ..SERVER
        },
    ],
};

/// What takes the money. Its fraud model eats memory until it is killed.
pub(super) const PAYMENTS: Service = Service {
    name: "payments",
    maps: &[
        Map {
            key: "stage",
            namespace: "payments-stage",
            days: 270,
            ..MAP
        },
        Map {
            key: "prod",
            namespace: "payments-prod",
            days: 268,
            access: Access::Live,
            fenced: true,
            limits: true,
            quota: &[
                ("requests.cpu", "8"),
                ("requests.memory", "12Gi"),
                ("pods", "40"),
            ],
            ..MAP
        },
    ],
    servers: &[
        Server {
            name: "gateway",
            group: "edge",
            image: "registry.example.com/payments/gateway",
            runs: &[
                run("stage", 1, "5.12.0").past(&[(50 * HOUR, Deed::Image("5.13.0"))]),
                run("prod", 3, "5.10.2").past(&[
                    (30 * DAY, Deed::Image("5.11.0")),
                    (8 * DAY, Deed::Image("5.12.0")),
                ]),
            ],
            cpu: ("300m", "2"),
            memory: ("640Mi", "1Gi"),
            ports: &[("https", 8443), ("metrics", 9090)],
            env: &[
                Env::Plain("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=70"),
                Env::Config("ACQUIRER_URL", "https://acquirer.example.net/v3"),
                Env::Config("LEDGER_ADDR", "ledger:5432"),
                Env::Secret("ACQUIRER_API_KEY"),
                Env::Secret("CARD_VAULT_TOKEN"),
            ],
            probe: Probe::Http("/actuator/health/readiness"),
            host: "pay.example.com",
            scale: Some((3, 8, 70)),
            budget: 1,
            beside: &[side(
                "envoy",
                "envoyproxy/envoy:v1.32.2",
                ("50m", "128Mi"),
                15000,
            )],
            usage: "cpu=520m memory=590Mi breath=0.5 shared",
            logs: "json rate=2/s",
            priority: "business-critical",
            ..SERVER
        },
        Server {
            name: "ledger",
            kind: Kind::StatefulSet,
            group: "database",
            image: "postgres",
            runs: &[run("stage", 1, "17.2"), run("prod", 2, "17.2")],
            cpu: ("500m", "2"),
            memory: ("1Gi", "2Gi"),
            ports: &[("postgres", 5432)],
            env: &[
                Env::Config("POSTGRES_DB", "ledger"),
                Env::Config("POSTGRES_USER", "ledger"),
                Env::Secret("POSTGRES_PASSWORD"),
            ],
            probe: Probe::Exec(&["pg_isready", "-U", "ledger"]),
            claim: Some(["data", "40Gi", "", "/var/lib/postgresql/data"]),
            budget: 1,
            usage: "cpu=230m memory=1250Mi breath=0.3",
            logs: "plain rate=0.3/s",
            priority: "business-critical",
            by: By::Helm("postgresql-16.4.3"),
            ..SERVER
        },
        Server {
            name: "fraud-score",
            group: "scoring",
            image: "registry.example.com/payments/fraud-score",
            runs: &[run("prod", 2, "0.9.3")
                .past(&[(5 * HOUR + 40, Deed::Turn("0.10.0", "oom=53m starts=6s"))])],
            cpu: ("300m", "1"),
            memory: ("512Mi", "768Mi"),
            ports: &[("grpc", 50051)],
            env: &[
                Env::Config("MODEL_VERSION", "2026-11"),
                Env::Config("BATCH_SIZE", "64"),
            ],
            probe: Probe::Tcp,
            usage: "cpu=260m memory=420Mi breath=0.4 leak=390Mi/h",
            logs: "plain rate=0.7/s",
            ..SERVER
        },
        Server {
            name: "reconcile",
            kind: Kind::CronJob,
            group: "jobs",
            image: "registry.example.com/payments/reconcile",
            runs: &[run("prod", 1, "2.4.1").acts("runs=50s").since(HOUR + 5)],
            schedule: "*/20 * * * *",
            env: &[
                Env::Config("LEDGER_ADDR", "ledger:5432"),
                Env::Secret("LEDGER_PASSWORD"),
            ],
            usage: "cpu=180m memory=120Mi",
            logs: "json rate=1/s",
            ..SERVER
        },
        Server {
            name: "migrate-0042",
            kind: Kind::Job,
            group: "jobs",
            image: "registry.example.com/payments/migrate",
            runs: &[run("prod", 1, "0042").acts("runs=38s").since(8 * DAY + 30)],
            env: &[
                Env::Config("LEDGER_ADDR", "ledger:5432"),
                Env::Secret("LEDGER_PASSWORD"),
            ],
            logs: "plain rate=0.8/s",
            by: By::Hand,
            ..SERVER
        },
    ],
};
