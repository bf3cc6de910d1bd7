//! Going through lists, and how they are laid out.

use super::{Command, Entry, Scope, at_rows, entry, gesture, in_box};

/// A command of the box of columns.
const fn in_columns(
    command: Command,
    name: &'static str,
    keys: &'static [&'static str],
    help: &'static str,
) -> Entry {
    in_box(Scope::InColumns, gesture(command, name, keys, "", help))
}

pub(super) const LISTS: &[Entry] = &[
    gesture(Command::Down, "down", &["j", "down"], "", "one row down"),
    gesture(Command::Up, "up", &["k", "up"], "", "one row up"),
    gesture(
        Command::PageDown,
        "page-down",
        &["pgdn", "ctrl-f"],
        "",
        "a screenful down",
    ),
    gesture(
        Command::PageUp,
        "page-up",
        &["pgup", "ctrl-b"],
        "",
        "a screenful up",
    ),
    gesture(Command::Top, "top", &["g", "home"], "", "to the first row"),
    gesture(
        Command::Bottom,
        "bottom",
        &["G", "end"],
        "",
        "to the last row",
    ),
    gesture(
        Command::NextPane,
        "next-pane",
        &["tab"],
        "",
        "to the next pane",
    ),
    gesture(
        Command::PreviousPane,
        "previous-pane",
        &["backtab"],
        "",
        "to the previous pane",
    ),
    at_rows(entry(
        Command::Sort,
        "sort",
        &["=", ", s"],
        "",
        "sort by a column: :sort cpu, :sort -age from the largest",
    )),
    at_rows(gesture(
        Command::SortNext,
        "sort-next",
        &[">"],
        "",
        "sort by the next column",
    )),
    at_rows(gesture(
        Command::SortPrevious,
        "sort-back",
        &["<"],
        "",
        "sort by the previous column",
    )),
    at_rows(entry(
        Command::SortInvert,
        "invert",
        &["I"],
        "",
        "turn the order round",
    )),
    Entry {
        aliases: &["label"],
        ..at_rows(entry(
            Command::Columns,
            "columns",
            &["|", ", c"],
            "",
            "show, hide and move columns; :label team adds a label's",
        ))
    },
    in_columns(
        Command::ColumnLater,
        "column-later",
        &["J", "shift-down"],
        "among the columns: this one further to the right",
    ),
    in_columns(
        Command::ColumnEarlier,
        "column-earlier",
        &["K", "shift-up"],
        "among the columns: this one further to the left",
    ),
    in_columns(
        Command::ColumnLabel,
        "column-label",
        &["l"],
        "among the columns: add that of a label",
    ),
    in_columns(
        Command::ColumnsReset,
        "columns-reset",
        &["r"],
        "among the columns: those of the settings, in their order",
    ),
    at_rows(entry(
        Command::Wide,
        "wide",
        &["ctrl-w", ", w"],
        "",
        "all columns at their full width, or what there is room for",
    )),
    at_rows(gesture(
        Command::ColumnsLeft,
        "columns-left",
        &["shift-left"],
        "",
        "to the columns on the left, in wide mode",
    )),
    at_rows(gesture(
        Command::ColumnsRight,
        "columns-right",
        &["shift-right"],
        "",
        "to the columns on the right, in wide mode",
    )),
    at_rows(gesture(
        Command::Mark,
        "mark",
        &["space"],
        "",
        "mark or unmark the row",
    )),
    at_rows(entry(
        Command::MarkRange,
        "mark-range",
        &["V"],
        "",
        "mark all rows from the last mark to here",
    )),
    at_rows(entry(
        Command::MarkAll,
        "mark-all",
        &["*"],
        "",
        "mark all rows that the filter leaves",
    )),
    at_rows(entry(
        Command::MarkInvert,
        "mark-invert",
        &["~"],
        "",
        "mark what is not marked, unmark what is",
    )),
];
