//! What looking costs: the connections, then every stream, what has cost most first.

use compact_str::{CompactString, format_compact};
use ratatui::buffer::Buffer;

use super::{
    Painter,
    ledger::{Cell, Column, Ledger, whole, yielding},
};
use crate::{
    app::{App, Bill, Cluster, Item, Wire},
    model::{FeedState, What},
    text::{age, bytes, count},
};

const WIRES: &[Column] = &[
    yielding("CLUSTER", 8),
    yielding("SERVER", 8),
    whole("PROTOCOL", false),
    whole("REQ", true),
    whole("/MIN", true),
    whole("RECEIVED", true),
    whole("429", true),
    yielding("LAST ERROR", 10),
];

const FEEDS: &[Column] = &[
    yielding("FEED", 15),
    yielding("NAMESPACE", 9),
    yielding("STATE", 6),
    whole("SINCE", true),
    whole("ROWS", true),
    whole("REQ", true),
    whole("JSON", true),
    yielding("CLUSTER", 7),
];

impl Painter {
    pub(super) fn cost(&self, app: &App, bill: &Bill, line: u16, frame: &mut Buffer) {
        let (columns, _) = app.size;
        let wires = bill.wires.iter().map(|wire| self.wire(app, wire));
        let wires = Ledger::new(WIRES, wires.collect());
        let feeds = bill.lines.iter().map(|line| self.feed(app, line));
        let several = app.world.has_several_clusters();
        let columns_of = if several { FEEDS } else { &FEEDS[..7] };
        let feeds = Ledger::new(columns_of, feeds.collect());
        let most = usize::from(columns.saturating_sub(4));
        let (wires, feeds) = (wires.within(most), feeds.within(most));
        let between = wires.len() + 1;
        let all = between + 2 + feeds.len();
        let wide = wires.width().max(feeds.width()).min(most);
        let page = self.page(app.size, "What looking costs", (wide, all), line, frame);
        let (x, end) = (page.area.x, page.area.x + page.area.width);
        for (n, y) in page.lines(all) {
            let at = (x, y);
            match n {
                0 => wires.headings(at, end, self.theme.heading, frame),
                n if n < between => wires.row(n - 1, at, end, frame),
                n if n == between => {}
                n if n == between + 1 => feeds.headings(at, end, self.theme.heading, frame),
                n => feeds.row(n - between - 2, at, end, frame),
            }
        }
    }

    fn wire(&self, app: &App, wire: &Wire) -> Vec<Cell> {
        let cluster = app.clusters.get(usize::from(wire.cluster.0));
        let meter = cluster.map(Cluster::meter).unwrap_or_default();
        let text = self.theme.text;
        let throttled = if meter.throttled > 0 {
            self.theme.warn
        } else {
            self.theme.muted
        };
        let error = wire.last_error.as_ref();
        vec![
            (app.world.context(wire.cluster).into(), self.theme.strong),
            (wire.server.as_str().into(), text),
            (
                wire.protocol.unwrap_or(self.glyphs.absent).into(),
                self.theme.muted,
            ),
            (count(meter.requests), text),
            (count(cluster.map_or(0, Cluster::requests_a_minute)), text),
            (bytes(meter.bytes), text),
            (count(meter.throttled), throttled),
            (
                error.map_or(self.glyphs.absent.into(), |problem| {
                    problem.what.as_str().into()
                }),
                error.map_or(self.theme.muted, |_| self.theme.warn),
            ),
        ]
    }

    fn feed(&self, app: &App, line: &Item) -> Vec<Cell> {
        let (cost, source) = (&line.cost, &line.cost.source);
        let (text, muted) = (self.theme.text, self.theme.muted);
        let what = match source.what {
            What::Troubled => format_compact!("{} in trouble", cost.plural),
            What::Warnings => format_compact!("warning {}", cost.plural),
            What::Usage => format_compact!("usage of {}", cost.plural),
            What::Kinds => "discovery".into(),
            What::Object => format_compact!("one of {}", cost.plural),
            _ => CompactString::from(&*cost.plural),
        };
        let namespace = source.namespace.as_deref();
        let place = match (namespace, &source.name) {
            (None, _) => "all".into(),
            (Some(namespace), None) => namespace.into(),
            (Some(namespace), Some(name)) => format_compact!("{namespace}/{name}"),
        };
        vec![
            (what, text),
            (place, namespace.map_or(muted, |_| text)),
            self.state(app, line),
            (age((app.now - cost.since).max(0) / 1000), text),
            (count(line.rows as u64), text),
            (count(cost.requests), text),
            (bytes(cost.bytes), text),
            (
                app.tell_apart(source.cluster).unwrap_or_default().into(),
                muted,
            ),
        ]
    }

    fn state(&self, app: &App, line: &Item) -> Cell {
        let Some(feed) = app.world.feed(&line.cost.source) else {
            return ("connecting".into(), self.theme.muted);
        };
        match &feed.state {
            FeedState::Live => ("live".into(), self.theme.ok),
            FeedState::Connecting => ("connecting".into(), self.theme.muted),
            FeedState::Loading(have, _) => (
                format_compact!("loading {}", count(*have as u64)),
                self.theme.muted,
            ),
            FeedState::Stale(problem) => {
                let since = age((app.now / 1000 - feed.since).max(0));
                let why = &problem.what;
                let step = self.glyphs.step;
                (
                    format_compact!("stale {since} {step} {why}"),
                    self.theme.badge_stale,
                )
            }
            FeedState::Refused(problem) => (
                CompactString::from(problem.what.as_str()),
                self.theme.badge_stale,
            ),
        }
    }
}
