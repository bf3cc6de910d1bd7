//! What goes with the selected Server, above its Instances.

use compact_str::{CompactString, format_compact};
use ratatui::buffer::Buffer;

use super::Painter;
use crate::{
    app::App,
    layout::Area,
    model::{tree::Server, world::World},
    panes::Pane,
    text::{age, bytes, fit, width},
};

impl Painter {
    pub(super) fn server_details(&self, app: &App, area: Area, frame: &mut Buffer) {
        let Some(server) = app
            .slot(Pane::Servers)
            .and_then(|slot| app.world.servers().get(slot))
        else {
            return;
        };
        let room = usize::from(area.width - 2);
        let style = self.health_style(server.verdict.health);
        let glyph = self.health_glyph(server.verdict.health);
        let word = format_compact!("{glyph} {}", server.verdict.health.word());
        let x = frame.set_stringn(area.x + 1, area.y, &word, room, style).0 + 2;
        let facts = self.facts(app, server);
        let left = usize::from((area.x + area.width).saturating_sub(x + 1));
        frame.set_stringn(x, area.y, fit(&facts, left), left, self.theme.text);

        let mut y = area.y + 1;
        let last = area.y + area.height - 1;
        if let Some(message) = &server.verdict.message
            && area.height > 3
        {
            frame.set_stringn(area.x + 1, y, fit(message, room), room, self.theme.muted);
            y += 1;
        }
        let mut x = area.x + 1;
        for (label, text) in goes_with(&app.world, server) {
            let needs = (label.len() + 1 + width(&text)) as u16;
            if x > area.x + 1 && x + needs > area.x + area.width {
                y += 1;
                x = area.x + 1;
            }
            if y >= last {
                break;
            }
            x = frame.set_stringn(x, y, label, room, self.theme.heading).0 + 1;
            let left = usize::from((area.x + area.width).saturating_sub(x + 1));
            x = frame
                .set_stringn(x, y, fit(&text, left), left, self.theme.text)
                .0
                + 3;
        }
    }

    /// `3 of 3 ready · Deployment · revision 4 · busybox:1.0 · 2h`
    fn facts(&self, app: &App, server: &Server) -> String {
        let mut facts: Vec<CompactString> = Vec::new();
        if &*server.verdict.word != server.verdict.health.word() {
            let since = app.now / 1000 - server.verdict.since;
            let ago = if server.verdict.since > 0 {
                format_compact!(" for {}", age(since.max(0)))
            } else {
                CompactString::default()
            };
            facts.push(format_compact!(
                "{}{ago}",
                self.status_text(&server.verdict)
            ));
        }
        if let Some((ready, desired)) = server.ready() {
            facts.push(format_compact!("{ready} of {desired} ready"));
        }
        facts.push(server.kind.name().into());
        if let Some(row) = &server.row {
            facts.extend(
                row.schedule
                    .as_ref()
                    .map(|schedule| format_compact!("at {schedule}")),
            );
            let revision = row
                .revision
                .as_ref()
                .filter(|revision| revision.parse::<u64>().is_ok());
            facts.extend(revision.map(|revision| format_compact!("revision {revision}")));
            facts.extend(
                row.images
                    .first()
                    .map(|image| CompactString::from(&**image)),
            );
        }
        if server.created > 0 {
            facts.push(format_compact!(
                "{} old",
                age((app.now / 1000 - server.created).max(0))
            ));
        }
        facts.join(&format!(" {} ", self.glyphs.dot))
    }
}

/// What was found to go with a Server, each with its label.
fn goes_with(world: &World, server: &Server) -> Vec<(&'static str, String)> {
    let found = world.satellites(server);
    let mut parts = Vec::new();
    let services = found.ports.iter().map(|exposed| {
        let numbers = exposed
            .ports
            .iter()
            .map(|number| &**number)
            .collect::<Vec<_>>()
            .join(", ");
        format!("{} {} {numbers}", exposed.meta.name, exposed.expose)
    });
    let routes = found.routes.iter().map(ToString::to_string);
    let all: Vec<String> = services.chain(routes).collect();
    let mut say = |label, text: String| {
        if !text.is_empty() {
            parts.push((label, text));
        }
    };
    say("PORTS", all.join("  "));
    if let Some(scaler) = found.autoscaler {
        let metrics = scaler
            .metrics
            .iter()
            .map(|metric| &**metric)
            .collect::<Vec<_>>()
            .join(", ");
        let by = if metrics.is_empty() {
            String::new()
        } else {
            format!(" by {metrics}")
        };
        say(
            "SCALE",
            format!("{}…{}{by}", scaler.range.0, scaler.range.1),
        );
    }
    let claims = found
        .claims
        .iter()
        .map(|claim| format!("{} {} {}", claim.meta.name, bytes(claim.size), claim.phase));
    say("VOLUMES", claims.collect::<Vec<_>>().join(", "));
    let budgets = found
        .budgets
        .iter()
        .map(|budget| format!("{}, {} may go", budget.rule, budget.allowed));
    say("BUDGET", budgets.collect::<Vec<_>>().join("; "));
    if let Some(row) = &server.row {
        let names = |names: &[crate::model::Name]| {
            names
                .iter()
                .map(|name| &**name)
                .collect::<Vec<_>>()
                .join(", ")
        };
        say("CONFIG", names(&row.references.config_maps));
        say("SECRETS", names(&row.references.secrets));
    }
    parts
}
