//! What a cluster is made of.

use super::super::voice::{
    Level::{Error, Info, Warn},
    VOICE, Voice,
};

pub(super) const VOICES: &[Voice] = &[
    Voice {
        of: &["/etcd"],
        loggers: &["etcdserver", "mvcc", "wal"],
        banner: &["starting an etcd server", "ready to serve client requests"],
        says: &[
            (4, Info, "finished scheduled compaction"),
            (3, Info, "stored snapshot"),
            (
                2,
                Warn,
                "apply request took too long: {count} ms, expected 100 ms",
            ),
            (1, Info, "purged old WAL segment"),
        ],
        ..VOICE
    },
    Voice {
        of: &["kube-apiserver"],
        loggers: &[
            "controller.go",
            "trace.go",
            "httplog.go",
            "cidrallocator.go",
        ],
        banner: &["Version: {version}", "Serving securely on [::]:6443"],
        says: &[
            (
                4,
                Info,
                "\"Trace[{many}]: List\" url:/api/v1/pods (total time: {count}ms)",
            ),
            (3, Info, "Updating aggregate discovery of 2 API groups"),
            (
                1,
                Warn,
                "\"Request was throttled\" user=\"system:serviceaccount:argocd:argocd-application-controller\"",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["coredns"],
        form: "[{LEVEL}] {text}",
        banner: &[
            "plugin/reload: Running configuration SHA512 = {hex}{hex}",
            "CoreDNS-{version}",
        ],
        says: &[
            (
                5,
                Info,
                "{ip}:{port} - {many} \"A IN postgres.{team}.svc.cluster.local. udp 62 false 512\" NOERROR qr,aa,rd 122 0.000{n}s",
            ),
            (
                1,
                Error,
                "plugin/errors: 2 acquirer.example.net. AAAA: read udp {ip}:{port}->10.20.0.2:53: i/o timeout",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["kube-proxy"],
        loggers: &["proxier.go", "config.go"],
        banner: &[
            "\"Version info\" version=\"{version}\"",
            "\"Using nftables Proxier\"",
            "\"Caches are synced\" controller=\"service config\"",
        ],
        says: &[
            (3, Info, "\"Syncing nftables rules\" ipFamily=\"IPv4\""),
            (
                2,
                Info,
                "\"Reloading service nftables data\" numServices={n} numEndpoints={count}",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["metrics-server"],
        loggers: &["server.go", "scraper.go", "manager.go"],
        banner: &[
            "Generating self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)",
            "Serving securely on [::]:10250",
        ],
        says: &[
            (4, Info, "\"Scraped metrics\" nodes=6 duration=\"{ms}ms\""),
            (
                1,
                Warn,
                "\"Failed probe\" probe=\"metric-storage-ready\" err=\"no metrics to serve\"",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["cert-manager"],
        loggers: &[
            "controller.go",
            "trigger_controller.go",
            "acmechallenges.go",
        ],
        banner: &["\"starting cert-manager controller\" version=\"{version}\""],
        says: &[
            (
                4,
                Info,
                "\"Certificate is up to date\" namespace=\"{team}\"",
            ),
            (
                1,
                Info,
                "\"re-queuing item due to optimistic locking on resource\" error=\"the object has been modified\"",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["csi-"],
        loggers: &["driver.go", "node.go", "main.go"],
        banner: &[
            "\"Driver Information\" version=\"{version}\"",
            "Registration Server started at: /registration/block.csi-reg.sock",
        ],
        says: &[(1, Info, "NodeGetVolumeStats: volume vol-{hex} uses {pct}%")],
        ..VOICE
    },
];
