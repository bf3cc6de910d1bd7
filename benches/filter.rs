//! From a key in the filter line to the frame: all Instances of a cluster of 10,000 and of 50,000 Pods, in 200×50.
//!
//! `key` types a letter that narrows what is shown, `back` takes it away again and so looks at all rows; `change` is a Pod
//! that changes while a filter is on.

#![expect(clippy::unwrap_used, reason = "a bench may stop where it stands")]

use std::{hint::black_box, time::Duration};

use barkeep::{
    app::{App, Cluster},
    event::Event,
    keys::{Typed, typed},
    model::{
        Change, ClusterId, FeedState, News, Source, What,
        grouping::Grouping,
        row::{Interner, Row},
    },
    ui::{ColorDepth, Painter, Theme, glyphs},
};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use ratatui::{buffer::Buffer, layout::Rect};
use serde_json::json;

const NOW: i64 = 1_795_439_100_000;
const SIZE: (u16, u16) = (200, 50);

fn pod(n: usize, restarts: usize, names: &mut Interner) -> Row {
    let role = ["web", "api", "auth", "cart", "search"][n % 5];
    let set = format!(
        "{role}-{:08x}",
        (n / 10).wrapping_mul(2_654_435_761) % (1 << 32)
    );
    let name = format!("{set}-{:05x}", n.wrapping_mul(40_503) % (1 << 20));
    let object = json!({
        "metadata": {
            "uid": format!("00000000-0000-0000-0000-{n:012}"), "name": name, "namespace": format!("team-{:03}", n / 100),
            "creationTimestamp": "2026-11-20T08:00:00Z", "labels": {"app": role, "pod-template-hash": &set[role.len() + 1..]},
            "ownerReferences": [{"controller": true, "kind": "ReplicaSet", "name": set, "uid": format!("set-{set}")}],
        },
        "spec": {
            "nodeName": format!("node-{:03}", n % 200),
            "containers": [{"name": role, "image": format!("registry.example.com/load/{role}:1.4.2"),
                "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}}}],
        },
        "status": {
            "phase": "Running", "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-11-20T08:00:05Z"}],
            "containerStatuses": [{"name": role, "ready": true, "restartCount": restarts, "state": {"running": {}}}],
        },
    });
    let row = What::Instances
        .served()
        .row(object.to_string().as_bytes(), names);
    row.unwrap().unwrap()
}

struct Screen {
    app: App,
    painter: Painter,
    frame: Buffer,
}

impl Screen {
    fn new(pods: usize) -> Self {
        let cluster = Cluster {
            context: "bench".into(),
            ..Cluster::default()
        };
        let mut app = App::new(vec![cluster], Grouping::default(), SIZE, NOW);
        let mut names = Interner::default();
        let changes = (0..pods)
            .map(|n| Change::Put(pod(n, 0, &mut names)))
            .collect();
        let painter = Painter::new(
            Theme::dark(ColorDepth::True),
            &glyphs::UNICODE,
            jiff::tz::TimeZone::UTC,
        );
        let all = Source::all(ClusterId(0), What::Instances);
        for news in [
            News::Begin,
            News::Changes(changes),
            News::Synced,
            News::State(FeedState::Live),
        ] {
            app.update(Event::Feed(all.clone(), news), NOW);
        }
        let frame = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
        let mut screen = Self {
            app,
            painter,
            frame,
        };
        screen.press("0");
        screen
    }

    fn press(&mut self, keys: &str) {
        for typed in typed(keys).unwrap() {
            if let Typed::Key(chord) = typed {
                self.app.update(Event::Key(chord), NOW);
                self.show();
            }
        }
    }

    fn show(&mut self) {
        self.app.refresh();
        self.frame.reset();
        black_box(self.painter.draw(&self.app, &mut self.frame));
    }
}

fn filter(c: &mut Criterion) {
    let mut group = c.benchmark_group("filter");
    group
        .measurement_time(Duration::from_secs(3))
        .sample_size(30);
    for pods in [10_000, 50_000] {
        let mut screen = Screen::new(pods);
        for (name, before, key) in [
            ("first letter", "", "e"),
            ("fuzzy", "we", "b"),
            ("exact", "'we", "b"),
            ("regex", "/^we", "b"),
            ("restarts", "restarts>", "5"),
            ("ready", "ready<lt>", "1"),
            ("label", "-l app=we", "b"),
            ("status", "!run", "n"),
        ] {
            for (what, keys, undone) in [("key", key, "<backspace>"), ("back", "<backspace>", key)]
            {
                screen.press("/<ctrl-u>");
                screen.press(before);
                if what == "back" {
                    screen.press(key);
                }
                group.bench_function(format!("{pods}/{name}/{what}"), |b| {
                    b.iter_custom(|times| {
                        let mut taken = Duration::ZERO;
                        for _ in 0..times {
                            let begun = std::time::Instant::now();
                            screen.press(keys);
                            taken += begun.elapsed();
                            screen.press(undone);
                        }
                        taken
                    });
                });
                screen.press("<esc>");
            }
        }
        let mut names = Interner::default();
        let all = Source::all(ClusterId(0), What::Instances);
        for (name, keys) in [
            ("none", ""),
            ("web", "/web<enter>"),
            ("restarts", "/restarts>5<enter>"),
        ] {
            screen.press(keys);
            let mut n = 0;
            group.bench_function(format!("{pods}/change/{name}"), |b| {
                b.iter_batched(
                    || {
                        n += 7;
                        News::Changes(vec![Change::Put(pod(n % pods, n, &mut names))])
                    },
                    |news| {
                        screen.app.update(Event::Feed(all.clone(), news), NOW);
                        screen.show();
                    },
                    BatchSize::SmallInput,
                );
            });
            screen.press("<esc>0");
        }
    }
    group.finish();
}

criterion_group!(benches, filter);
criterion_main!(benches);
