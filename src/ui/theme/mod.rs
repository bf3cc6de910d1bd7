//! Styles by meaning: what is drawn says `theme.warn`, and only the theme's file knows that this is amber.
//!
//! A theme is made once, for one colour depth, so that drawing never asks what the terminal can show. [`file`] reads what
//! somebody wrote, [`library`] knows which themes there are and joins each with what it inherits.

mod file;
mod library;
#[cfg(test)]
mod tests;

use ratatui::{
    buffer::Buffer,
    style::{Color, Modifier, Style},
};

pub use self::library::Library;
use self::library::{Joined, Shown};
use super::colour::{ColorDepth, luminance, rgb};

// The meanings are listed once for four readers: the theme, its file, the way from the one to the other, and the test
// that looks at every style.
macro_rules! meanings {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// A style for every meaning.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Theme {
            /// Whether there is colour at all. Without it focus and selection need a glyph of their own.
            pub colour: bool,
            /// What is painted where no meaning says otherwise: text and background. Nothing leaves the terminal's own.
            pub paint: Option<Style>,
            /// The background: what is painted, or what the theme takes the terminal to have.
            pub background: Color,
            /// The text colour likewise.
            pub foreground: Color,
            $($(#[doc = $doc])+ pub $name: Style,)+
        }

        /// The names of all meanings, as a theme's file has them.
        pub(super) const MEANINGS: &[&str] = &[$(stringify!($name),)+];

        impl Theme {
            fn of(joined: &Joined, shown: Shown) -> Self {
                let plain = Self::plain();
                Self {
                    colour: shown.depth > ColorDepth::None,
                    paint: joined.paint(shown),
                    background: joined.background(shown),
                    foreground: joined.foreground,
                    $($name: match joined.styles.get(stringify!($name)) {
                        Some(spec) if shown.depth > ColorDepth::None => joined.ink(spec, shown.depth),
                        _ => plain.$name,
                    },)+
                }
            }

            #[cfg(test)]
            fn named(&self) -> Vec<(&'static str, Style)> {
                vec![$((stringify!($name), self.$name),)+]
            }
        }
    };
}

meanings! {
    /// What is read: the terminal's own colour.
    text,
    /// What is read first.
    strong,
    /// What is read last: explanations, absent values, states in a pane's middle.
    muted,
    /// The headings of columns and the labels of values.
    heading,
    /// The one accent: focus and what can be pressed.
    accent,
    /// A key in the footer and in help.
    key,
    /// The title of a pane without focus.
    title,
    /// The title of the pane with focus.
    title_focused,
    /// Healthy, done, within its limits.
    ok,
    /// On its way.
    progressing,
    /// Wants a look.
    warn,
    /// Broken.
    error,
    /// Stopped on purpose.
    stopped,
    /// Not known.
    unknown,
    /// The selected row of the pane with focus; patched over the cells' own styles.
    selected,
    /// The selected row of the other panes.
    selected_unfocused,
    /// The `▌` before a selected row.
    selected_bar,
    /// The `✓` of a marked row.
    mark,
    /// The part of a text that the filter found.
    found,
    /// A value that changed within the last second.
    changed,
    /// The title's badge of a pane that is up to date.
    badge_live,
    /// The title's badge of a pane that is not.
    badge_stale,
    /// A line that a change adds.
    added,
    /// A line that a change takes away.
    removed,
    /// Lines between panes and above the panel.
    rule,
    /// The box of an overlay.
    border,
    /// The used part of a bar that is within its limits.
    bar_full,
    /// The frame and the free part of a bar.
    bar_empty,
    /// The tick of a request in a bar.
    bar_request,
}

impl Theme {
    /// For dark backgrounds.
    pub fn dark(depth: ColorDepth) -> Self {
        Self::built_in("dark", depth)
    }

    /// For light backgrounds.
    pub fn light(depth: ColorDepth) -> Self {
        Self::built_in("light", depth)
    }

    fn built_in(name: &str, depth: ColorDepth) -> Self {
        // Every built-in theme can be read: a test holds that.
        let shown = Library::default().theme(name, depth, None);
        shown.unwrap_or_else(|_| Self::plain())
    }

    /// Whether it is made for light backgrounds.
    pub fn is_light(&self) -> bool {
        is_light(self.background, self.foreground)
    }

    /// Paints what is drawn in the terminal's own colours, where the theme has a background of its own.
    pub fn fill(&self, frame: &mut Buffer) {
        let Some(Style {
            fg: Some(fg),
            bg: Some(bg),
            ..
        }) = self.paint
        else {
            return;
        };
        for cell in &mut frame.content {
            if cell.fg == Color::Reset {
                cell.fg = fg;
            }
            if cell.bg == Color::Reset {
                cell.bg = bg;
            }
        }
    }

    /// Without any colour: bold is what matters, dim what does not.
    pub fn plain() -> Self {
        let text = Style::new();
        let bold = text.add_modifier(Modifier::BOLD);
        let dim = text.add_modifier(Modifier::DIM);
        Self {
            colour: false,
            paint: None,
            background: Color::Black,
            foreground: Color::Gray,
            text,
            strong: bold,
            muted: dim,
            heading: dim,
            accent: text,
            key: bold,
            title: text,
            title_focused: bold,
            ok: text,
            progressing: text,
            warn: text,
            error: bold,
            stopped: dim,
            unknown: text,
            selected: bold,
            selected_unfocused: text,
            selected_bar: text,
            mark: bold,
            found: text.add_modifier(Modifier::UNDERLINED),
            changed: bold,
            badge_live: text,
            badge_stale: bold,
            added: text,
            removed: text,
            rule: dim,
            border: text,
            bar_full: text,
            bar_empty: dim,
            bar_request: text,
        }
    }
}

fn is_light(background: Color, foreground: Color) -> bool {
    let of = |color| rgb(color).map_or(0.0, luminance);
    of(background) > of(foreground)
}
