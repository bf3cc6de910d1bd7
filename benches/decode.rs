//! From the bytes of an answer to rows: a page of 500 Pods of 8 KB as they come from a server, and changes of such Pods.
//!
//! `cut` only finds where objects begin and end, `rows` decodes them too, and the `feed` ones go all the way through
//! `kube::Client` to the outbox, over a server in this process.

#![expect(clippy::unwrap_used, reason = "a bench may stop where it stands")]

use std::{hint::black_box, time::Duration};

use barkeep::{
    cluster::{
        ask::Asker,
        follow::follow,
        split::{Broken, Shape, Splitter},
    },
    model::{
        News, Source,
        ids::ClusterId,
        row::Interner,
        source::{Change, What},
    },
};
use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures::{Stream, StreamExt as _, stream};
use http::{Request, Response, Uri};
use http_body::Frame;
use http_body_util::StreamBody;
use serde_json::{Value, json};

const PODS: usize = 500;
/// What hyper hands on at a time.
const FRAME: usize = 16 * 1024;

fn container(name: &str, port: u16) -> Value {
    let env: Vec<Value> = (0..15)
        .map(|n| json!({"name": format!("SETTING_{n:02}"), "value": format!("value-of-setting-{n:02}-for-{name}")}))
        .collect();
    json!({
        "name": name, "image": format!("registry.example.com/load/{name}:1.4.2"),
        "ports": [{"name": name, "containerPort": port, "protocol": "TCP"}], "env": env,
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
        "volumeMounts": [{"name": "kube-api-access-x2x4z", "readOnly": true, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}],
        "livenessProbe": {"httpGet": {"path": "/healthz", "port": name, "scheme": "HTTP"}, "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": name, "scheme": "HTTP"}, "timeoutSeconds": 1, "periodSeconds": 5, "successThreshold": 1, "failureThreshold": 3},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File", "imagePullPolicy": "IfNotPresent",
    })
}

/// In the order of Go's fields, which `json!` does not keep: type and metadata first.
fn pod(n: usize, version: usize) -> String {
    let role = ["web", "api", "auth", "cart", "search"][n % 5];
    let fields = |container: &str| -> Value {
        let env: serde_json::Map<String, Value> = (0..15)
            .map(|n| {
                (
                    format!("k:{{\"name\":\"SETTING_{n:02}\"}}"),
                    json!({".": {}, "f:name": {}, "f:value": {}}),
                )
            })
            .collect();
        json!({format!("k:{{\"name\":\"{container}\"}}"): {
            ".": {}, "f:env": env, "f:image": {}, "f:imagePullPolicy": {}, "f:livenessProbe": {".": {}, "f:failureThreshold": {}, "f:httpGet": {}},
            "f:name": {}, "f:ports": {}, "f:readinessProbe": {}, "f:resources": {}, "f:terminationMessagePath": {},
        }})
    };
    let managed = json!([
        {"manager": "kube-controller-manager", "operation": "Update", "apiVersion": "v1", "time": "2026-11-20T08:00:00Z", "fieldsType": "FieldsV1",
         "fieldsV1": {"f:metadata": {"f:labels": {}}, "f:spec": {"f:containers": [fields(role), fields("sidecar")]}}},
        {"manager": "kwok", "operation": "Update", "apiVersion": "v1", "time": "2026-11-20T08:00:05Z", "fieldsType": "FieldsV1", "subresource": "status",
         "fieldsV1": {"f:status": {"f:conditions": {}, "f:containerStatuses": {}, "f:phase": {}, "f:podIP": {}}}},
    ]);
    let condition = |kind: &str| json!({"type": kind, "status": "True", "lastProbeTime": null, "lastTransitionTime": "2026-11-20T08:00:05Z"});
    let running = |name: &str| {
        json!({"name": name, "state": {"running": {"startedAt": "2026-11-20T08:00:05Z"}}, "lastState": {}, "ready": true, "restartCount": n % 3,
            "image": format!("registry.example.com/load/{name}:1.4.2"), "imageID": "", "started": true})
    };
    let labels = json!({"app.kubernetes.io/instance": format!("{role}-prod"), "app.kubernetes.io/name": role,
        "app.kubernetes.io/part-of": "load-000", "app.kubernetes.io/version": "1.4.2", "pod-template-hash": "6f4cf5b57d"});
    let owner = json!([{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": format!("{role}-6f4cf5b57d"),
        "uid": format!("22222222-0000-0000-0000-{:012}", n % 5), "controller": true, "blockOwnerDeletion": true}]);
    let spec = json!({"containers": [container(role, 8080), container("sidecar", 9090)], "nodeName": format!("node-{}", n % 50),
        "restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "serviceAccountName": "default", "nodeSelector": {"type": "kwok"},
        "tolerations": [{"key": "kwok.x-k8s.io/node", "operator": "Exists", "effect": "NoSchedule"}], "schedulerName": "default-scheduler"});
    let conditions = ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map(condition);
    let status = json!({"phase": "Running", "conditions": conditions,
        "hostIP": "10.0.0.1", "podIP": "10.0.0.2", "startTime": "2026-11-20T08:00:00Z", "containerStatuses": [running(role), running("sidecar")], "qosClass": "Burstable"});
    format!(
        r#"{{"kind":"Pod","apiVersion":"v1","metadata":{{"name":"{role}-6f4cf5b57d-{n:05}","generateName":"{role}-6f4cf5b57d-","namespace":"load-000-prod","uid":"33333333-0000-0000-0000-{n:012}","resourceVersion":"{version}","creationTimestamp":"2026-11-20T08:00:00Z","labels":{labels},"annotations":{{"prometheus.io/scrape":"true"}},"ownerReferences":{owner},"managedFields":{managed}}},"spec":{spec},"status":{status}}}"#
    )
}

fn list(pods: usize) -> Bytes {
    let items: Vec<String> = (0..pods).map(|n| pod(n, n)).collect();
    let items = items.join(",");
    format!(r#"{{"kind":"PodList","apiVersion":"v1","metadata":{{"resourceVersion":"900"}},"items":[{items}]}}"#).into()
}

fn changes() -> Bytes {
    let events: Vec<String> = (0..PODS)
        .map(|n| {
            format!(
                "{{\"type\":\"MODIFIED\",\"object\":{}}}\n",
                pod(n, 1_000 + n)
            )
        })
        .collect();
    events.concat().into()
}

type Frames = std::pin::Pin<Box<dyn Stream<Item = std::io::Result<Frame<Bytes>>> + Send>>;

fn frames(body: Bytes, lasts: bool) -> Frames {
    let starts = (0..body.len()).step_by(FRAME);
    let frames = stream::iter(
        starts.map(move |at| Ok(Frame::data(body.slice(at..body.len().min(at + FRAME))))),
    );
    if lasts {
        frames.chain(stream::pending()).boxed()
    } else {
        frames.boxed()
    }
}

/// A feed over a server that has this list, and these changes after it; ends when so many rows have come.
async fn feed(listed: Bytes, changed: Bytes, rows: usize) {
    let service = tower::service_fn(move |request: Request<kube::client::Body>| {
        let watch = request
            .uri()
            .query()
            .is_some_and(|query| query.contains("watch="));
        let body = if watch {
            changed.clone()
        } else {
            listed.clone()
        };
        async move { Ok::<_, tower::BoxError>(Response::new(StreamBody::new(frames(body, watch)))) }
    });
    let asker = Asker::new(
        kube::Client::new(service, "default"),
        Uri::from_static("https://bench"),
    );
    let source = Source::all(ClusterId(0), What::Instances);
    let (out, mut news) = tokio::sync::mpsc::channel(64);
    let task = tokio::spawn(follow(asker, source, out));
    let mut have = 0;
    while have < rows {
        if let (_, News::Changes(changes)) = news.recv().await.unwrap() {
            have += changes
                .iter()
                .filter(|change| matches!(change, Change::Put(_)))
                .count();
        }
    }
    task.abort();
}

fn decode(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let served = What::Instances.served();
    let (page, empty, changed) = (list(PODS), list(0), changes());
    let mut group = criterion.benchmark_group("decode");
    group
        .measurement_time(Duration::from_secs(5))
        .sample_size(20);
    group.throughput(Throughput::Bytes(page.len() as u64));
    let cut = |each: &mut dyn FnMut(&[u8])| {
        let mut splitter = Splitter::new(Shape::List);
        for chunk in page.chunks(FRAME) {
            splitter
                .push(chunk, |object| {
                    each(object);
                    Ok::<(), Broken>(())
                })
                .unwrap();
        }
    };
    group.bench_function("cut a page of 500", |b| {
        b.iter(|| {
            cut(&mut |object| {
                black_box(object);
            });
        });
    });
    group.bench_function("rows of a page of 500", |b| {
        let mut names = Interner::default();
        b.iter(|| {
            cut(&mut |object| {
                black_box(served.row(object, &mut names).unwrap());
            });
        });
    });
    group.bench_function("feed a page of 500", |b| {
        b.iter(|| runtime.block_on(feed(page.clone(), Bytes::new(), PODS)));
    });
    group.throughput(Throughput::Elements(PODS as u64));
    group.bench_function("feed 500 changes", |b| {
        b.iter(|| runtime.block_on(feed(empty.clone(), changed.clone(), PODS)));
    });
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);
