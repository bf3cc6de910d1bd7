//! What finds things: `search-<environment>`.

use super::{
    Access, By, DAY, Deed, Env, HOUR, Kind, MAP, Map, Probe, SERVER, Server, Service, run,
};

const OPENSEARCH: Server = Server {
    name: "opensearch",
    kind: Kind::StatefulSet,
    group: "database",
    image: "opensearchproject/opensearch",
    cpu: ("500m", "2"),
    memory: ("1536Mi", "2Gi"),
    ports: &[("http", 9200), ("transport", 9300)],
    env: &[
        Env::Plain("OPENSEARCH_JAVA_OPTS", "-Xms1g -Xmx1g"),
        Env::Config("CLUSTER_NAME", "catalog"),
        Env::Secret("OPENSEARCH_INITIAL_ADMIN_PASSWORD"),
    ],
    probe: Probe::Tcp,
    claim: Some(["data", "60Gi", "", "/usr/share/opensearch/data"]),
    budget: 1,
    usage: "cpu=340m memory=1580Mi breath=0.4",
    logs: "plain rate=0.4/s",
    by: By::Helm("opensearch-2.27.1"),
    ..SERVER
};

/// What finds things. Its autoscaler is at its end, a Job has given up, and in stage nobody has a disk for it.
pub(super) const SEARCH: Service = Service {
    name: "search",
    maps: &[
        Map {
            key: "stage",
            namespace: "search-stage",
            days: 150,
            limits: true,
            ..MAP
        },
        Map {
            key: "prod",
            namespace: "search-prod",
            days: 149,
            access: Access::Live,
            ..MAP
        },
    ],
    servers: &[
        Server {
            name: "query",
            image: "registry.example.com/search/query",
            runs: &[
                run("stage", 1, "0.22.0"),
                run("prod", 6, "0.20.0").past(&[
                    (17 * DAY, Deed::Image("0.21.0")),
                    (4 * DAY, Deed::Image("0.21.2")),
                ]),
            ],
            cpu: ("250m", "1"),
            memory: ("256Mi", "512Mi"),
            ports: &[("http", 8080)],
            env: &[
                Env::Config("OPENSEARCH_URL", "http://opensearch:9200"),
                Env::Config("MAX_RESULTS", "100"),
                Env::Secret("OPENSEARCH_PASSWORD"),
            ],
            probe: Probe::Http("/healthz"),
            host: "search.example.com",
            scale: Some((2, 6, 60)),
            budget: 1,
            usage: "cpu=1900m memory=280Mi breath=0.25 shared",
            logs: "json rate=4/s",
            ..SERVER
        },
        Server {
            name: "indexer",
            image: "registry.example.com/search/indexer",
            runs: &[run("prod", 2, "0.21.0").past(&[(4 * DAY, Deed::Image("0.21.2"))])],
            memory: ("384Mi", "768Mi"),
            env: &[
                Env::Config("OPENSEARCH_URL", "http://opensearch:9200"),
                Env::Config("KAFKA_TOPIC", "catalog-changes"),
            ],
            usage: "cpu=210m memory=410Mi breath=0.7",
            logs: "json rate=1.5/s",
            ..SERVER
        },
        Server {
            runs: &[run("stage", 1, "2.18.0").since(5 * HOUR + 40)],
            claim: Some(["data", "60Gi", "local-ssd", "/usr/share/opensearch/data"]),
            ..OPENSEARCH
        },
        Server {
            runs: &[run("prod", 3, "2.18.0").since(25 * DAY)],
            ..OPENSEARCH
        },
        Server {
            name: "reindex-catalog",
            kind: Kind::Job,
            group: "jobs",
            image: "registry.example.com/search/reindex",
            runs: &[run("prod", 1, "0.21.2")
                .acts("runs=22s exit=1")
                .since(HOUR + 48)],
            env: &[Env::Config("OPENSEARCH_URL", "http://opensearch:9200")],
            logs: "plain rate=1.5/s",
            by: By::Hand,
            ..SERVER
        },
    ],
};
