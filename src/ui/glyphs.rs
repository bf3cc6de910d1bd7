//! The signs that carry meaning beside colour, and plain ones for terminals that know only ASCII.

use ratatui::buffer::Buffer;

/// One sign for each thing that is drawn, each a single column wide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Healthy.
    pub ok: &'static str,
    /// On its way.
    pub progressing: &'static str,
    /// Wants a look.
    pub warn: &'static str,
    /// Broken.
    pub error: &'static str,
    /// Stopped on purpose.
    pub stopped: &'static str,
    /// Not known.
    pub unknown: &'static str,
    /// A marked row.
    pub mark: &'static str,
    /// Wanted on top; kept under a name.
    pub favourite: &'static str,
    /// Sorted from the smallest; also “more above”.
    pub up: &'static str,
    /// Sorted from the largest; also “more below”.
    pub down: &'static str,
    /// To the pane on the left.
    pub left: &'static str,
    /// To the pane on the right.
    pub right: &'static str,
    /// Before the selected row.
    pub selected: &'static str,
    /// Before the focused title where there is no colour, and between the parts of a path.
    pub step: &'static str,
    /// Between facts on one line.
    pub dot: &'static str,
    /// A value that is not there.
    pub absent: &'static str,
    /// Where text is missing.
    pub ellipsis: &'static str,
    /// Between panes.
    pub vertical: &'static str,
    /// Above the panel.
    pub horizontal: &'static str,
    /// Where a line between panes meets the rule below it.
    pub tee_up: &'static str,
    /// An overlay's corners: top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    /// A branch of a tree, and its last one.
    pub branches: [&'static str; 2],
    /// The done and the open part of a rollout.
    pub progress: [&'static str; 2],
    /// The ends of a bar.
    pub bar_ends: [&'static str; 2],
    /// A bar's cell from empty to full in eighths.
    pub eighths: [&'static str; 9],
    /// A request within a bar.
    pub request: &'static str,
    /// A sparkline's levels from lowest to highest.
    pub levels: [&'static str; 8],
}

/// For every terminal with a UTF-8 locale.
pub const UNICODE: Glyphs = Glyphs {
    ok: "●",
    progressing: "◐",
    warn: "▲",
    error: "✖",
    stopped: "○",
    unknown: "?",
    mark: "✓",
    favourite: "★",
    up: "↑",
    down: "↓",
    left: "←",
    right: "→",
    selected: "▌",
    step: "▸",
    dot: "·",
    absent: "–",
    ellipsis: "…",
    vertical: "│",
    horizontal: "─",
    tee_up: "┴",
    corners: ["╭", "╮", "╰", "╯"],
    branches: ["├", "└"],
    progress: ["▓", "░"],
    bar_ends: ["▕", "▏"],
    eighths: [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
    request: "┊",
    levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
};

/// For the others.
pub const ASCII: Glyphs = Glyphs {
    ok: "*",
    progressing: "~",
    warn: "!",
    error: "x",
    stopped: "o",
    unknown: "?",
    mark: "+",
    favourite: "*",
    up: "^",
    down: "v",
    left: "<",
    right: ">",
    selected: ">",
    step: ">",
    dot: "-",
    absent: "-",
    ellipsis: "~",
    vertical: "|",
    horizontal: "-",
    tee_up: "+",
    corners: ["+", "+", "+", "+"],
    branches: ["|", "`"],
    progress: ["#", "."],
    bar_ends: ["[", "]"],
    eighths: [" ", " ", " ", " ", "-", "-", "-", "=", "="],
    request: ":",
    levels: [".", ".", ":", ":", "-", "=", "+", "#"],
};

impl Glyphs {
    /// What the locale can show: the first of `LC_ALL`, `LC_CTYPE`, `LANG` that is set decides, as it does for libc.
    /// `ascii` is the person's own word. Where nothing is set (containers, services) UTF-8 is taken for granted.
    pub fn choose(ascii: bool, env: impl Fn(&str) -> Option<String>) -> &'static Self {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .filter_map(env)
            .find(|value| !value.is_empty());
        let utf8 = locale.is_none_or(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        if ascii || !utf8 { &ASCII } else { &UNICODE }
    }

    fn all(&self) -> impl Iterator<Item = &'static str> {
        [
            self.ok,
            self.progressing,
            self.warn,
            self.error,
            self.stopped,
            self.unknown,
            self.mark,
            self.favourite,
            self.up,
            self.down,
            self.left,
            self.right,
            self.selected,
            self.step,
            self.dot,
            self.absent,
            self.ellipsis,
            self.vertical,
            self.horizontal,
            self.tee_up,
            self.request,
        ]
        .into_iter()
        .chain(self.corners)
        .chain(self.branches)
        .chain(self.progress)
        .chain(self.bar_ends)
        .chain(self.eighths)
        .chain(self.levels)
    }
}

/// The last step of a frame where only ASCII can be shown: signs that came with a text (`…` of a cut name, `×14` of a
/// status, a chart's braille) become plain ones. What people wrote in their own script is left to the terminal.
pub fn make_plain(frame: &mut Buffer) {
    for cell in &mut frame.content {
        if !cell.symbol().is_ascii()
            && let Some(plain) = plain(cell.symbol())
        {
            cell.set_symbol(plain);
        }
    }
}

fn plain(symbol: &str) -> Option<&'static str> {
    match symbol {
        "×" => Some("x"),
        "\u{2800}" => Some(" "),
        _ if ("\u{2801}".."\u{2900}").contains(&symbol) => Some("*"),
        _ => {
            let mut pairs = UNICODE.all().zip(ASCII.all());
            pairs
                .find(|(fine, _)| *fine == symbol)
                .map(|(_, plain)| plain)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::width;

    #[test]
    fn every_sign_is_one_column_wide_and_the_plain_ones_are_plain() {
        for sign in UNICODE.all().chain(ASCII.all()) {
            assert_eq!(width(sign), 1, "{sign}");
        }
        assert!(ASCII.all().all(str::is_ascii));
    }

    #[test]
    fn the_locale_decides() {
        for (vars, want) in [
            (&[][..], &UNICODE),
            (&[("LANG", "en_US.UTF-8")], &UNICODE),
            (&[("LANG", "ko_KR.utf8"), ("LC_ALL", "")], &UNICODE),
            (&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")], &ASCII),
            (&[("LANG", "de_DE.ISO-8859-1")], &ASCII),
            (&[("LANG", "C"), ("LC_CTYPE", "C.UTF-8")], &UNICODE),
        ] {
            let env = |name: &str| {
                vars.iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(Glyphs::choose(false, env), want, "{vars:?}");
            assert_eq!(Glyphs::choose(true, env), &ASCII);
        }
    }

    #[test]
    fn a_plain_frame_keeps_its_meaning() {
        let mut frame = Buffer::with_lines(["▌ ◐ shop ▸ prod… ×3 ⣿⠀ 한"]);
        make_plain(&mut frame);
        assert_eq!(frame, Buffer::with_lines(["> ~ shop > prod~ x3 *  한"]));
    }
}
