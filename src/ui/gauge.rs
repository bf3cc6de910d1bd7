//! How much is used of what may be used: amounts, a bar with the request as a tick, a percentage.

use compact_str::{CompactString, format_compact};
use ratatui::style::Style;

use super::Painter;
use crate::{
    panels::{Gauge, Unit},
    text::{bytes, cores, count, pad_left, percent, width},
};

/// Cells of the bar.
const BAR: u64 = 10;
const ENDS: usize = 2;
/// Columns of the percentage.
const SHARE: usize = 5;
/// Above this share, in percent, somebody should look; above the second it is nearly full.
const HIGH: [u64; 2] = [80, 95];

impl Painter {
    /// `0.04c of  0.60c limit  ▕▌   ┊     ▏   7%` in inks; in less room without the bar, then without the percentage.
    pub(super) fn gauge(
        &self,
        gauge: &Gauge,
        columns: u16,
        inks: &mut Vec<(CompactString, Style)>,
    ) {
        let amount = |amount: u64| match gauge.unit {
            Unit::Cores => cores(amount),
            Unit::Bytes => bytes(amount),
            Unit::Count => count(amount),
        };
        let used = gauge.used.map_or(self.glyphs.absent.into(), amount);
        let (whole, word) = match (gauge.limit, gauge.requested) {
            (0, 0) => (0, "no request, no limit"),
            (0, requested) => (requested, "requested"),
            (limit, _) => (limit, gauge.word),
        };
        let room = if gauge.word.is_empty() { 5 } else { 6 };
        inks.push((pad_left(&used, room).into(), self.theme.strong));
        if whole == 0 {
            return inks.push((format_compact!(" {word}"), self.theme.muted));
        }
        inks.push((" of ".into(), self.theme.muted));
        inks.push((pad_left(&amount(whole), room).into(), self.theme.text));
        let room = if word.is_empty() { 1 } else { 10 };
        inks.push((format_compact!(" {word:<room$}"), self.theme.muted));
        let share = gauge
            .used
            .map_or(self.glyphs.absent.into(), |used| percent(used, whole));
        let share = pad_left(&share, SHARE);
        let left =
            usize::from(columns).saturating_sub(inks.iter().map(|(text, _)| width(text)).sum());
        if left >= BAR as usize + ENDS + SHARE {
            self.bar(gauge, whole, inks);
        }
        if left >= SHARE {
            inks.push((share.into(), self.theme.text));
        }
    }

    fn bar(&self, gauge: &Gauge, whole: u64, inks: &mut Vec<(CompactString, Style)>) {
        let [left, right] = self.glyphs.bar_ends;
        let used = gauge.used.unwrap_or(0);
        // What is asked for is no bound: more than that is no reason to worry.
        let share = if gauge.limit == 0 {
            0
        } else {
            used.saturating_mul(100) / whole
        };
        let full = match share {
            share if share > HIGH[1] => self.theme.error,
            share if share > HIGH[0] => self.theme.warn,
            _ => self.theme.bar_full,
        };
        let eighths = (used.saturating_mul(BAR * 8) / whole).min(BAR * 8);
        // Next to nothing is not nothing.
        let eighths = if used > 0 { eighths.max(1) } else { 0 };
        let tick = (gauge.limit > 0 && gauge.requested > 0 && gauge.requested < whole)
            .then(|| gauge.requested.saturating_mul(BAR) / whole);
        inks.push((left.into(), self.theme.bar_empty));
        for cell in 0..BAR {
            let filled = eighths.saturating_sub(cell * 8).min(8) as usize;
            inks.push(match filled {
                0 if tick == Some(cell) => (self.glyphs.request.into(), self.theme.bar_request),
                0 => (" ".into(), self.theme.text),
                filled => (self.glyphs.eighths[filled].into(), full),
            });
        }
        inks.push((right.into(), self.theme.bar_empty));
    }
}
