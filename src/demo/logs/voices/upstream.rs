//! What everybody runs: databases, queues, dashboards.

use super::super::voice::{
    Language::{Go, Java, Native, Python},
    Level::{Debug, Error, Info, Warn},
    VOICE, Voice,
};

const LOGFMT: &str = "ts={date}T{time}{.ms}Z level={level} caller={logger} msg=\"{text}\"";

pub(super) const VOICES: &[Voice] = &[
    Voice {
        of: &["postgres-exporter"],
        form: LOGFMT,
        loggers: &["postgres_exporter.go:68"],
        banner: &["Listening on [::]:9187"],
        says: &[
            (1, Info, "Semantic version changed: 0.0.0 -> 16.6.0"),
            (1, Debug, "Querying metrics of pg_stat_user_tables"),
        ],
        ..VOICE
    },
    Voice {
        of: &["postgres"],
        language: Native,
        form: "{date} {time}{.ms} UTC [{n}] {LEVEL}:  {text}",
        levels: &["DEBUG", "LOG", "WARNING", "ERROR"],
        banner: &[
            "starting PostgreSQL {version} on x86_64-pc-linux-gnu, compiled by gcc 12.2.0, 64-bit",
            "listening on IPv4 address \"0.0.0.0\", port 5432",
            "database system was shut down, starting up",
            "database system is ready to accept connections",
        ],
        says: &[
            (3, Info, "checkpoint starting: time"),
            (
                3,
                Info,
                "checkpoint complete: wrote {count} buffers (5.{few}%); 0 WAL file(s) added, 0 removed, {few} recycled; write={n}.{n} s, sync=0.0{few} s, total={n}.{n} s",
            ),
            (
                3,
                Info,
                "duration: {count}.{n} ms  statement: SELECT * FROM {table} WHERE updated_at > $1 ORDER BY id LIMIT 500",
            ),
            (
                2,
                Info,
                "automatic vacuum of table \"{table}\": index scans: 1, tuples: {count} removed",
            ),
            (
                1,
                Error,
                "duplicate key value violates unique constraint \"{table}_pkey\"\nDETAIL:  Key (id)=({many}) already exists.",
            ),
            (
                1,
                Warn,
                "could not receive data from client: Connection reset by peer",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["redis", "valkey"],
        language: Native,
        form: "1:M {day} {time}{.ms} {LEVEL} {text}",
        levels: &[".", "*", "#", "#"],
        banner: &[
            "oO0OoO0OoO0Oo Server is starting oO0OoO0OoO0Oo",
            "Running mode=standalone, port=6379.",
            "DB loaded from append only file: 0.{count} seconds",
            "Ready to accept connections tcp",
        ],
        says: &[
            (3, Info, "100 changes in 300 seconds. Saving..."),
            (3, Info, "Background saving started by pid {many}"),
            (3, Info, "Background saving terminated with success"),
            (
                2,
                Info,
                "AOF rewrite: {mib} MB of memory used by copy-on-write",
            ),
            (
                1,
                Warn,
                "Client id={many} addr={ip}:{port} closed for overcoming of output buffer limits.",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["mariadb", "mysql"],
        language: Native,
        form: "{date} {time} {n} [{LEVEL}] {text}",
        levels: &["Note", "Note", "Warning", "ERROR"],
        banner: &[
            "Starting MariaDB {version} source revision as process 1",
            "InnoDB: log sequence number {many}{many}; transaction id {many}",
            "mariadbd: ready for connections.",
        ],
        says: &[
            (
                3,
                Warn,
                "Aborted connection {many} to db: 'point' user: 'order' host: '{ip}' (Got timeout reading communication packets)",
            ),
            (3, Info, "InnoDB: Buffer pool(s) dump completed"),
            (2, Info, "Slow query: {few}.{n} s, rows examined {many}"),
        ],
        ..VOICE
    },
    Voice {
        of: &["opensearch"],
        language: Java,
        form: "[{date}T{time}{,ms}][{LEVEL} ][{logger}] [{pod}] {text}",
        loggers: &[
            "o.o.i.s.IndexShard",
            "o.o.m.j.JvmGcMonitorService",
            "o.o.c.m.MetadataMappingService",
            "o.o.c.r.a.AllocationService",
        ],
        banner: &[
            "version[{version}], pid[1], JVM[Eclipse Adoptium/21.0.5]",
            "loaded module [transport-netty4]",
            "started",
            "recovered [14] indices into cluster_state",
        ],
        says: &[
            (
                4,
                Info,
                "[gc][{many}] overhead, spent [{count}ms] collecting in the last [1.{few}s]",
            ),
            (3, Info, "[catalog-v7/{hex}] update_mapping [_doc]"),
            (
                3,
                Info,
                "Cluster health status changed from [YELLOW] to [GREEN] (reason: [shards started [[catalog-v7][{few}]]]).",
            ),
            (
                1,
                Warn,
                "high disk watermark [90%] exceeded on [{pod}] free: {n}.{few}gb[9.{few}%]",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["kafka"],
        language: Java,
        form: "[{date} {time}{,ms}] {LEVEL} {text} ({logger})",
        loggers: &[
            "kafka.log.UnifiedLog",
            "kafka.coordinator.group.GroupCoordinator",
            "kafka.server.ReplicaManager",
            "org.apache.kafka.raft.KafkaRaftClient",
        ],
        banner: &[
            "Kafka version: {version}",
            "[KafkaRaftServer nodeId=1] Kafka Server started",
        ],
        says: &[
            (
                4,
                Info,
                "[UnifiedLog partition={topic}-{digit}, dir=/var/lib/kafka] Rolled new log segment at offset {many} in {ms} ms.",
            ),
            (
                3,
                Info,
                "[GroupCoordinator 1]: Stabilized group catalog-indexer generation {n} with {few} members",
            ),
            (
                3,
                Info,
                "[UnifiedLog partition={topic}-{digit}, dir=/var/lib/kafka] Deleting segments due to log start offset {many} breach",
            ),
            (
                1,
                Warn,
                "[ReplicaManager broker=1] Shrinking ISR for {topic}-{digit} from 1,2,3 to 1,3",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["clickhouse"],
        language: Native,
        form: "{date.} {time}{.us} [ {count} ] {{uuid}} <{LEVEL}> {logger}: {text}",
        levels: &["Debug", "Information", "Warning", "Error"],
        loggers: &[
            "executeQuery",
            "MergeTask::PrepareStage",
            "MemoryTracker",
            "default.events",
        ],
        banner: &["Starting ClickHouse {version}", "Ready for connections."],
        says: &[
            (
                4,
                Debug,
                "Read {many} rows, {mib}.{n} MiB in 0.{count} sec., {many} rows/sec.",
            ),
            (
                3,
                Debug,
                "Merged {few} parts: 20261123_{n}_{count}_2, compact into wide",
            ),
            (2, Info, "Peak memory usage (for query): {mib}.{n} MiB."),
            (
                1,
                Warn,
                "Too many parts ({count}) in table default.clicks, slowing inserts",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["airflow"],
        language: Python,
        form: "[{date}T{time}{.ms}+0000] {{logger}} {LEVEL} - {text}",
        loggers: &[
            "scheduler_job_runner.py:1250",
            "dagbag.py:588",
            "processor.py:186",
            "local_executor.py:90",
        ],
        banner: &[
            "  ____________       _____________",
            "Starting the scheduler {version}",
        ],
        says: &[
            (4, Info, "Setting next_dagrun for sales_daily to tomorrow"),
            (
                4,
                Info,
                "{few} tasks up for execution: <TaskInstance: clicks_hourly.load scheduled__{n} [scheduled]>",
            ),
            (2, Info, "Heartbeat recovered after {n}.{n} seconds"),
            (
                1,
                Warn,
                "DagFileProcessor of /opt/airflow/dags/legacy_export.py took {n} s",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["jupyter"],
        language: Python,
        form: "[I {date} {time}{.ms} ServerApp] {text}",
        banner: &[
            "Jupyter Server 2.14.2 is running at:",
            "http://{pod}:8888/lab",
        ],
        says: &[
            (3, Info, "Saving file at /churn-2026.ipynb"),
            (2, Info, "Kernel {uuid} restarted"),
            (2, Info, "Connecting to kernel {uuid}."),
        ],
        ..VOICE
    },
    Voice {
        of: &["config-reloader"],
        form: LOGFMT,
        loggers: &["reloader.go:238"],
        banner: &["Starting prometheus-config-reloader {version}"],
        says: &[(1, Info, "Reload triggered: configuration is unchanged")],
        ..VOICE
    },
    Voice {
        of: &["prometheus/prometheus"],
        form: "time={date}T{time}{.ms}Z level={LEVEL} source={logger} msg=\"{text}\"",
        loggers: &[
            "head.go:1345",
            "compact.go:576",
            "manager.go:167",
            "db.go:1685",
        ],
        banner: &[
            "Starting Prometheus Server version={version}",
            "WAL replay completed checkpoint_replay_duration=1.2{few}s",
            "Server is ready to receive web requests.",
        ],
        says: &[
            (
                3,
                Info,
                "Head GC completed caller=truncateMemory duration={ms}ms",
            ),
            (
                3,
                Info,
                "write block mint={many} maxt={many} duration={ms}ms",
            ),
            (
                1,
                Warn,
                "Error on ingesting out-of-order samples num_dropped={few}",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["grafana/grafana"],
        form: "logger={logger} t={date}T{time}{.ms}Z level={level} msg=\"{text}\"",
        loggers: &["context", "tsdb.prometheus", "ngalert.scheduler", "cleanup"],
        banner: &[
            "Starting Grafana version={version}",
            "HTTP Server Listen address=[::]:3000 protocol=http",
        ],
        says: &[
            (
                4,
                Info,
                "Request Completed method={method} path=/api/ds/query status=200 time_ms={ms} size={bytes}",
            ),
            (2, Info, "Completed cleanup jobs duration={ms}ms"),
            (
                1,
                Warn,
                "alert rule evaluation took {count}ms rule=checkout-latency",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["grafana/loki"],
        form: LOGFMT,
        loggers: &["metrics.go:217", "flush.go:304", "table_manager.go:136"],
        banner: &[
            "Starting Loki version={version}",
            "Loki started startup_time=1.{few}s",
        ],
        says: &[
            (
                4,
                Info,
                "query stats: latency=fast status=200 limit=1000 returned_lines={count} throughput={mib}MB",
            ),
            (3, Info, "flushing stream labels={namespace=\\\"{team}\\\"}"),
            (1, Warn, "stream rate limit: {few} pushes were delayed"),
        ],
        ..VOICE
    },
    Voice {
        of: &["fluent-bit"],
        language: Native,
        form: "[{date/} {time}] [ {level}] {text}",
        banner: &[
            "[fluent bit] version={version}, pid=1",
            "[input:tail:tail.0] inotify watching /var/log/containers/*.log",
        ],
        says: &[
            (
                3,
                Info,
                "[input:tail:tail.0] inotify_fs_add(): inode={many} watch_fd={n}",
            ),
            (
                1,
                Warn,
                "[engine] failed to flush chunk '1-{many}.flb', retry in {few} seconds: task_id={few}, input=tail.0 > output=loki.0",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["envoy"],
        language: Native,
        form: "[{date} {time}{.ms}][1][{level}][{logger}] {text}",
        loggers: &["upstream", "config", "main"],
        banner: &[
            "initializing epoch 0",
            "all dependencies initialized. starting workers",
        ],
        says: &[
            (3, Info, "cds: add 0 cluster(s), remove 0 cluster(s)"),
            (1, Warn, "upstream acquirer: reset by peer after {ms} ms"),
        ],
        ..VOICE
    },
    Voice {
        of: &["argocd"],
        form: "time=\"{date}T{time}Z\" level={level} msg=\"{text}\"",
        banner: &["ArgoCD Application Controller is starting version={version}"],
        says: &[
            (
                5,
                Info,
                "Reconciliation completed application=argocd/{team} dest-server=https://kubernetes.default.svc time_ms={ms}",
            ),
            (
                2,
                Info,
                "Comparing app state (cluster: https://kubernetes.default.svc, namespace: {team})",
            ),
            (
                2,
                Info,
                "finished unary call with code OK grpc.method=Get grpc.time_ms={ms}",
            ),
            (
                1,
                Warn,
                "{team}: sync is partial, 1 resource is Progressing",
            ),
        ],
        ..VOICE
    },
    Voice {
        of: &["buildkit"],
        form: "time=\"{date}T{time}Z\" level={level} msg=\"{text}\"",
        banner: &[
            "auto snapshotter: using overlayfs",
            "running server on [::]:1234",
        ],
        says: &[
            (3, Info, "solved {hex}: {n} of {n} steps cached"),
            (2, Info, "exporting layer sha256:{hex}{hex} ({mib} MiB)"),
            (1, Warn, "gc: cache is {pct}% full"),
        ],
        ..VOICE
    },
    Voice {
        of: &["nginx", "httpd", "caddy"],
        language: Native,
        form: "{date/} {time} [{LEVEL}] 1#1: {text}",
        levels: &["debug", "notice", "warn", "error"],
        banner: &[
            "using the \"epoll\" event method",
            "nginx/{version}",
            "start worker processes",
        ],
        is_access: true,
        ..VOICE
    },
    Voice {
        of: &["model-sync"],
        language: Go,
        banner: &["watching s3://models/two-tower"],
        says: &[(1, Info, "no newer model than the one served")],
        ..VOICE
    },
];
