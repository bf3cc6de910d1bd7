//! Lists to choose from, above everything: the contexts to open and close, and the places to go to.

use compact_str::{CompactString, format_compact};
use ratatui::{buffer::Buffer, layout::Position};

use super::{
    Painter,
    ledger::{Cell, Column, Ledger, whole, yielding},
    overlays::edge,
};
use crate::{
    app::{App, Choice, Destination, Find, Finding, Picker, Target},
    command::Command,
    keys::Chord,
    layout::Area,
    panes,
    text::{fit, width},
};

const CONTEXTS: &[Column] = &[
    whole("", false),
    yielding("CONTEXT", 16),
    yielding("SERVER", 10),
    yielding("STATE", 12),
];
const PLACES: &[Column] = &[
    whole("", false),
    yielding("NAME", 8),
    yielding("PLACE", 14),
    yielding("CONTEXT", 6),
];

const FINDINGS: &[Column] = &[
    whole("", false),
    yielding("NAME", 14),
    yielding("KIND", 6),
    yielding("IN", 10),
    yielding("STATUS", 8),
];

/// Lines of the box that are no rows: its edges and the headings.
const AROUND: u16 = 3;
/// Columns of the box before and behind its rows.
const BESIDE: u16 = 5;

/// A list to choose from, as it is shown.
struct List<'a> {
    title: &'a str,
    /// What can be done.
    doings: Vec<String>,
    /// Why there are no rows, where there are none.
    empty: &'a str,
    /// What is wrong, below the rows.
    below: Option<String>,
    columns: &'static [Column],
    rows: Vec<Vec<Cell>>,
}

impl Painter {
    pub(super) fn contexts(
        &self,
        app: &App,
        picker: &Picker,
        frame: &mut Buffer,
    ) -> Option<Position> {
        let choices = app.choices_like(&picker.typed);
        let login = choices
            .get(picker.at)
            .and_then(|choice| choice.open.as_ref());
        let login = login.is_some_and(|(cluster, _)| app.waits_for_login(*cluster));
        let doings = if picker.typing {
            let enter = Chord::ENTER.hint(app.ascii);
            vec![format!("{enter} opens and closes"), "esc all".to_owned()]
        } else {
            let back = if picker.typed.is_empty() {
                "leaves"
            } else {
                "all"
            };
            let all = [
                (Command::Mark, "opens and closes"),
                (Command::LogIn, "log in"),
                (Command::Favourite, "favourite"),
                (Command::Filter, "narrows"),
                (Command::Back, back),
            ];
            let all = all
                .into_iter()
                .filter(|(command, _)| login || *command != Command::LogIn);
            all.filter_map(|(command, what)| Self::does(app, &[command], what))
                .collect()
        };
        let cells = choices.iter().map(|choice| self.choice(app, choice));
        let list = List {
            title: " Clusters ",
            doings,
            empty: "No context has that.",
            below: app.unread.as_ref().map(ToString::to_string),
            columns: CONTEXTS,
            rows: cells.collect(),
        };
        self.list(app, picker, list, frame)
    }

    pub(super) fn known_places(
        &self,
        app: &App,
        picker: &Picker,
        frame: &mut Buffer,
    ) -> Option<Position> {
        let places = app.known_places(&picker.typed);
        let is_named = |known: &Destination| known.name.is_some();
        let mut doings = vec![format!("{} goes there", Chord::ENTER.hint(app.ascii))];
        if places.get(picker.at).is_some_and(is_named) {
            doings.push("del removes".to_owned());
        }
        doings.push("esc leaves".to_owned());
        let bookmark = app.key_to(Command::Bookmark);
        let none = format!("None yet: {bookmark} names the place where you are.");
        let list = List {
            title: " Bookmarks and recent places ",
            doings,
            empty: if picker.typed.is_empty() {
                &none
            } else {
                "No place has that."
            },
            below: None,
            columns: PLACES,
            rows: places.iter().map(|known| self.known(known)).collect(),
        };
        self.list(app, picker, list, frame)
    }

    pub(super) fn findings(&self, app: &App, find: &Find, frame: &mut Buffer) -> Option<Position> {
        let found = find.found.iter();
        let rows = found.filter_map(|(pane, id)| app.finding(*pane, id));
        let title = match find.total {
            0 => " Find in all that is loaded ".to_owned(),
            all if all > find.found.len() => {
                format!(" Find: the first {} of {all} ", find.found.len())
            }
            all => format!(" Find: {all} "),
        };
        let list = List {
            title: &title,
            doings: vec![
                format!("{} goes there", Chord::ENTER.hint(app.ascii)),
                "esc leaves".to_owned(),
            ],
            empty: if find.picker.typed.trim().is_empty() {
                "Type a name, or letters of it in their order."
            } else {
                "Nothing loaded has such a name."
            },
            below: None,
            columns: FINDINGS,
            rows: rows.map(|finding| self.found(app, finding)).collect(),
        };
        self.list(app, &find.picker, list, frame)
    }

    fn found(&self, app: &App, finding: Finding) -> Vec<Cell> {
        let step = format!(" {} ", self.glyphs.step);
        let cell = |cell: &panes::Cell| (self.plain(app, cell), self.cell_style(cell));
        vec![
            cell(&finding.health),
            (finding.name.into(), self.theme.strong),
            (finding.kind.into(), self.theme.muted),
            (finding.within.join(&step).into(), self.theme.text),
            cell(&finding.status),
        ]
    }

    fn list(
        &self,
        app: &App,
        picker: &Picker,
        list: List<'_>,
        frame: &mut Buffer,
    ) -> Option<Position> {
        let (columns, rows) = app.size;
        let ledger = Ledger::new(list.columns, list.rows);
        let below = u16::from(list.below.is_some());
        let said = list.below.as_deref().map_or(0, width);
        let needs = ledger.width().max(said) as u16 + BESIDE;
        let hint = edge(&list.doings, usize::from(columns) - 4);
        let wide = needs.max(width(&hint) as u16 + 4).max(54).min(columns);
        let field = u16::from(picker.typing || !picker.typed.is_empty());
        let lines = ledger.len().max(1) as u16;
        let high = (lines + AROUND + below + field).min(rows - 2);
        let area = Area {
            x: (columns - wide) / 2,
            y: 1 + (rows - 2 - high) / 2,
            width: wide,
            height: high,
        };
        let shown = usize::from(high.saturating_sub(AROUND + below + field));
        let first = (picker.at + 1).saturating_sub(shown);
        let title = match ledger.len().saturating_sub(first + shown) {
            0 => list.title.to_owned(),
            more => format!("{}{} {more} ", list.title, self.glyphs.down),
        };
        self.boxed(area, &title, &hint, frame);
        let (x, end) = (area.x + 3, area.x + wide - 2);
        let room = usize::from(end - x);
        let cursor = (field > 0).then(|| self.narrowing(picker, (x, area.y + 1), room, frame));
        let ledger = ledger.within(usize::from(wide.saturating_sub(BESIDE)));
        let top = area.y + 1 + field;
        if ledger.len() == 0 {
            let text = fit(list.empty, room);
            frame.set_stringn(x, top + 1, text, room, self.theme.muted);
        } else {
            ledger.headings((x, top), end, self.theme.heading, frame);
        }
        for n in first..ledger.len().min(first + shown) {
            let y = top + 1 + (n - first) as u16;
            ledger.row(n, (x, y), end, frame);
            let line = Area {
                x: area.x + 1,
                y,
                width: wide - 2,
                height: 1,
            };
            self.clickable(line, Target::Line(n));
            if n == picker.at {
                self.select(true, line.x, line, frame);
            }
        }
        if let Some(why) = list.below {
            let y = area.y + high - 2;
            frame.set_stringn(x, y, fit(&why, room), room, self.theme.warn);
        }
        cursor.filter(|_| picker.typing)
    }

    /// What the rows are narrowed by; says where the cursor is.
    fn narrowing(
        &self,
        picker: &Picker,
        (x, y): (u16, u16),
        room: usize,
        frame: &mut Buffer,
    ) -> Position {
        frame.set_stringn(x, y, "/", 1, self.theme.accent);
        // The end is what is being typed.
        let mut typed = &*picker.typed;
        while width(typed) + 2 > room && !typed.is_empty() {
            typed = &typed[typed.chars().next().map_or(0, char::len_utf8)..];
        }
        let x = frame
            .set_stringn(x + 1, y, typed, room, self.theme.strong)
            .0;
        Position { x, y }
    }

    fn choice(&self, app: &App, choice: &Choice) -> Vec<Cell> {
        let context = choice.offer.context.name();
        let (mark, state) = match &choice.open {
            Some((cluster, standing)) => (self.glyphs.mark, self.stands(app, *cluster, standing)),
            None => (
                " ",
                (CompactString::const_new("not open"), self.theme.muted),
            ),
        };
        let name = if choice.open.is_some() {
            self.theme.strong
        } else {
            self.theme.text
        };
        let favourite = if app.is_favourite(context) {
            self.glyphs.favourite
        } else {
            " "
        };
        vec![
            (format_compact!("{mark}{favourite}"), self.theme.accent),
            (context.into(), name),
            (choice.offer.server.as_str().into(), self.theme.muted),
            state,
        ]
    }

    fn known(&self, known: &Destination) -> Vec<Cell> {
        let step = format!(" {} ", self.glyphs.step);
        let path = match &*known.place.path {
            [] if !known.place.list.is_empty() => known.place.list.clone(),
            [] => known.place.pane.clone(),
            path => path.join(&step),
        };
        let (mark, name) = match &known.name {
            Some(name) => (self.glyphs.favourite, &**name),
            None => (" ", ""),
        };
        let muted = self.theme.muted;
        vec![
            (mark.into(), self.theme.accent),
            (name.into(), self.theme.strong),
            (path.into(), self.theme.text),
            (known.place.context.as_str().into(), muted),
        ]
    }
}
