//! What the rest of the company needs: accounts, logistics, a coffee chain's points, and what nobody dares to touch.

use super::{
    Access, By, DAY, Deed, Env, HOUR, Kind, MAP, Map, Probe, SERVER, Server, Service, run,
};

/// Who may log in. Its rollout is stuck half-way, and in staging a key of a Secret is missing.
pub(super) const ACCOUNTS: Service = Service {
    name: "accounts",
    maps: &[
        Map {
            key: "staging",
            namespace: "accounts-staging",
            days: 204,
            ..MAP
        },
        Map {
            key: "live",
            namespace: "accounts-live",
            days: 202,
            access: Access::Live,
            fenced: true,
            ..MAP
        },
    ],
    servers: &[
        Server {
            name: "auth",
            group: "identity",
            image: "registry.example.com/accounts/auth",
            runs: &[
                run("staging", 1, "3.8.0").past(&[(3 * DAY, Deed::Image("3.9.0"))]),
                run("live", 3, "3.7.1").past(&[
                    (16 * DAY, Deed::Image("3.8.0")),
                    (21, Deed::Turn("3.9.0", "unready")),
                ]),
            ],
            cpu: ("200m", "1"),
            memory: ("256Mi", "512Mi"),
            ports: &[("http", 8080), ("grpc", 9000)],
            env: &[
                Env::Config("ISSUER", "https://login.example.com"),
                Env::Config("SESSION_STORE", "sessions:6379"),
                Env::Secret("OIDC_CLIENT_SECRET"),
                Env::Secret("SIGNING_KEY"),
            ],
            probe: Probe::Http("/health/ready"),
            host: "login.example.com",
            budget: 1,
            usage: "cpu=140m memory=220Mi breath=0.5",
            logs: "json rate=1.5/s",
            priority: "business-critical",
            spec: r#"{"progressDeadlineSeconds":86400}"#,
            ..SERVER
        },
        Server {
            name: "profile",
            image: "registry.example.com/accounts/profile",
            runs: &[
                run("staging", 1, "1.4.0").since(2 * HOUR + 50),
                run("live", 2, "1.3.2").past(&[(22 * DAY, Deed::Image("1.4.0"))]),
            ],
            ports: &[("http", 8080)],
            env: &[
                Env::Config("AVATAR_BUCKET", "s3://avatars"),
                Env::Secret("DATABASE_PASSWORD"),
                Env::Lost("staging", "SMTP_PASSWORD"),
            ],
            probe: Probe::Http("/healthz"),
            usage: "cpu=45m memory=110Mi breath=0.4",
            logs: "json rate=0.8/s",
            ..SERVER
        },
        Server {
            name: "sessions",
            kind: Kind::StatefulSet,
            group: "cache",
            image: "valkey/valkey",
            runs: &[run("live", 2, "8.0.1")],
            cpu: ("100m", "500m"),
            memory: ("192Mi", "384Mi"),
            ports: &[("redis", 6379)],
            probe: Probe::Tcp,
            claim: Some(["data", "4Gi", "", "/data"]),
            budget: 1,
            usage: "cpu=40m memory=170Mi breath=0.4",
            logs: "plain rate=0.2/s",
            by: By::Helm("valkey-2.2.1"),
            ..SERVER
        },
    ],
};

/// Where the parcels are. Namespaces are `<environment>-<service>`; in dev it never gets ready, in prod a rollout is paused.
pub(super) const LOGISTICS: Service = Service {
    name: "logistics",
    maps: &[
        Map {
            key: "dev",
            namespace: "dev-logistics",
            days: 96,
            limits: true,
            ..MAP
        },
        Map {
            key: "prod",
            namespace: "prod-logistics",
            days: 95,
            access: Access::Live,
            ..MAP
        },
    ],
    servers: &[
        Server {
            name: "tracker",
            image: "registry.example.com/logistics/tracker",
            runs: &[
                run("dev", 1, "0.18.0-beta.1")
                    .acts("unready")
                    .since(2 * HOUR + 5),
                run("prod", 3, "0.15.4").past(&[(13 * DAY, Deed::Image("0.16.0"))]),
            ],
            ports: &[("http", 8080)],
            env: &[
                Env::Config("CARRIERS", "cj,hanjin,lotte,epost"),
                Env::Config("POLL_INTERVAL", "90s"),
                Env::Secret("CARRIER_TOKENS"),
            ],
            probe: Probe::Http("/ready"),
            host: "track.example.com",
            budget: 1,
            usage: "cpu=70m memory=120Mi breath=0.5",
            logs: "json rate=1/s",
            ..SERVER
        },
        Server {
            name: "routes",
            image: "registry.example.com/logistics/routes",
            runs: &[run("prod", 2, "2.0.3").past(&[
                (2 * DAY + 7 * HOUR, Deed::Pause),
                (2 * DAY, Deed::Image("2.1.0")),
            ])],
            cpu: ("400m", "2"),
            memory: ("512Mi", "1Gi"),
            ports: &[("grpc", 9000)],
            env: &[Env::Config("OSRM_REGION", "kr-seoul")],
            probe: Probe::Tcp,
            usage: "cpu=350m memory=520Mi breath=0.6",
            logs: "plain rate=0.6/s",
            ..SERVER
        },
    ],
};

/// A coffee chain's points, by a team that writes Korean. The kiosks' gateway hangs now and then in its dev Map.
pub(super) const CAFE: Service = Service {
    name: "cafe-point",
    maps: &[
        Map {
            key: "dev",
            namespace: "cafe-point-dev",
            days: 61,
            annotations: &[
                ("barkeep.dev/service", "카페 포인트"),
                ("barkeep.dev/map", "개발"),
            ],
            ..MAP
        },
        Map {
            key: "op",
            namespace: "cafe-point-op",
            days: 60,
            annotations: &[
                ("barkeep.dev/service", "카페 포인트"),
                ("barkeep.dev/map", "운영"),
            ],
            access: Access::Live,
            quota: &[
                ("requests.cpu", "4"),
                ("requests.memory", "8Gi"),
                ("pods", "40"),
            ],
            limits: true,
            ..MAP
        },
    ],
    servers: &[
        Server {
            name: "order-api",
            group: "주문",
            image: "registry.example.com/cafe/order-api",
            runs: &[
                run("dev", 1, "1.12.0"),
                run("op", 3, "1.10.1").past(&[
                    (20 * DAY, Deed::Image("1.11.0")),
                    (6 * DAY + 3 * HOUR, Deed::Image("1.11.2")),
                ]),
            ],
            cpu: ("200m", "1"),
            memory: ("384Mi", "768Mi"),
            ports: &[("http", 8080)],
            env: &[
                Env::Plain("TZ", "Asia/Seoul"),
                Env::Config("GREETING", "어서 오세요"),
                Env::Config("POINT_RATE", "0.05"),
                Env::Secret("DB_PASSWORD"),
            ],
            probe: Probe::Http("/actuator/health"),
            host: "order.cafe.example.com",
            scale: Some((2, 6, 70)),
            budget: 1,
            usage: "cpu=330m memory=430Mi breath=0.7 shared",
            logs: "plain rate=1.5/s",
            ..SERVER
        },
        Server {
            name: "point-ledger",
            kind: Kind::StatefulSet,
            group: "데이터베이스",
            image: "mariadb",
            runs: &[run("op", 1, "11.4.4")],
            cpu: ("250m", "1"),
            memory: ("512Mi", "1Gi"),
            ports: &[("mysql", 3306)],
            env: &[
                Env::Config("MARIADB_DATABASE", "point"),
                Env::Secret("MARIADB_ROOT_PASSWORD"),
            ],
            probe: Probe::Tcp,
            claim: Some(["data", "20Gi", "", "/var/lib/mysql"]),
            usage: "cpu=90m memory=520Mi breath=0.3",
            logs: "plain rate=0.2/s",
            by: By::Helm("mariadb-20.2.1"),
            ..SERVER
        },
        Server {
            name: "kiosk-gateway",
            group: "매장",
            image: "registry.example.com/cafe/kiosk-gateway",
            runs: &[
                run("dev", 1, "0.7.4").past(&[(2 * HOUR + 20, Deed::Turn("0.8.0", "unlive=6m"))]),
                run("op", 2, "0.7.3").past(&[(11 * DAY, Deed::Image("0.7.4"))]),
            ],
            ports: &[("mqtt", 1883)],
            env: &[
                Env::Plain("TZ", "Asia/Seoul"),
                Env::Config("STORES", "강남,홍대,성수,판교,부산서면"),
                Env::Secret("MQTT_PASSWORD"),
            ],
            probe: Probe::Tcp,
            usage: "cpu=60m memory=95Mi breath=0.5",
            logs: "plain rate=0.8/s",
            ..SERVER
        },
        Server {
            name: "push-sender",
            group: "알림",
            image: "registry.example.com/cafe/push-sender",
            runs: &[run("op", 2, "2.0.0")],
            env: &[
                Env::Plain("TZ", "Asia/Seoul"),
                Env::Config("SENDER_NAME", "카페 포인트"),
                Env::Secret("FCM_KEY"),
            ],
            usage: "cpu=40m memory=88Mi breath=0.8",
            logs: "plain rate=0.5/s",
            ..SERVER
        },
        Server {
            name: "daily-settlement",
            kind: Kind::CronJob,
            group: "정산",
            image: "registry.example.com/cafe/settlement",
            runs: &[run("op", 1, "1.2.0").acts("runs=70s").since(25 * HOUR)],
            schedule: "30 4 * * *",
            env: &[Env::Secret("DB_PASSWORD")],
            usage: "cpu=250m memory=160Mi",
            logs: "plain rate=1/s",
            ..SERVER
        },
    ],
};

/// What nobody dares to touch: one namespace that says nothing about itself.
pub(super) const LEGACY: Service = Service {
    name: "legacy",
    maps: &[Map {
        key: "legacy",
        namespace: "legacy",
        days: 352,
        access: Access::Live,
        ..MAP
    }],
    servers: &[
        Server {
            name: "crm",
            image: "registry.example.com/legacy/crm",
            runs: &[run("legacy", 1, "2019.4").past(&[(4 * HOUR + 11, Deed::Evict)])],
            cpu: ("100m", ""),
            memory: ("512Mi", ""),
            ports: &[("http", 8080)],
            probe: Probe::Tcp,
            host: "crm.example.com",
            usage: "cpu=30m memory=700Mi breath=0.2",
            logs: "plain rate=0.3/s",
            by: By::Hand,
            ..SERVER
        },
        Server {
            name: "intranet",
            group: "frontend",
            image: "registry.example.com/legacy/intranet",
            runs: &[run("legacy", 2, "1.0").past(&[(73 * DAY, Deed::Scale(0))])],
            ports: &[("http", 80)],
            host: "intranet.example.com",
            by: By::Hand,
            ..SERVER
        },
        Server {
            name: "ftp",
            kind: Kind::Pod,
            group: "",
            image: "registry.example.com/legacy/vsftpd",
            runs: &[run("legacy", 1, "3.0").since(212 * DAY)],
            cpu: ("", ""),
            memory: ("", ""),
            ports: &[("ftp", 21)],
            usage: "cpu=2m memory=9Mi breath=0.2",
            logs: "quiet",
            by: By::Hand,
            ..SERVER
        },
    ],
};
