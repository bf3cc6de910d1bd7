//! The table itself: every command with its keys and words, in the order of help and footer.

use super::{Command, Danger, Entry, Scope};

const fn entry(
    command: Command,
    name: &'static str,
    keys: &'static [&'static str],
    hint: &'static str,
    help: &'static str,
) -> Entry {
    Entry {
        command,
        name,
        aliases: &[],
        keys,
        hint,
        help,
        scope: Scope::Everywhere,
        danger: Danger::None,
        many: false,
        typed: true,
    }
}

/// A command that nobody would spell out: its key is the point.
const fn gesture(
    command: Command,
    name: &'static str,
    keys: &'static [&'static str],
    hint: &'static str,
    help: &'static str,
) -> Entry {
    Entry {
        typed: false,
        ..entry(command, name, keys, hint, help)
    }
}

/// A command that is about the rows of the pane with focus.
const fn at_rows(entry: Entry) -> Entry {
    Entry {
        scope: Scope::Rows,
        ..entry
    }
}

/// The table, in the order of help and footer.
pub const COMMANDS: &[Entry] = &[
    Entry {
        scope: Scope::LoginNeeded,
        ..entry(
            Command::LogIn,
            "login",
            &["L"],
            "log in",
            "run the login of the kubeconfig's credential plugin",
        )
    },
    Entry {
        scope: Scope::Inward,
        ..gesture(
            Command::Open,
            "open",
            &["enter"],
            "open",
            "into what is selected",
        )
    },
    Entry {
        scope: Scope::Inward,
        ..gesture(
            Command::Right,
            "right",
            &["right"],
            "",
            "to the pane on the right",
        )
    },
    Entry {
        scope: Scope::Outward,
        ..gesture(
            Command::Back,
            "back",
            &["esc"],
            "back",
            "clear the filter, else out to the pane before",
        )
    },
    Entry {
        scope: Scope::Selected,
        ..entry(
            Command::Why,
            "why",
            &["w"],
            "why",
            "why it is as it is: down to the container or the Event",
        )
    },
    Entry {
        scope: Scope::Outward,
        ..gesture(
            Command::Left,
            "left",
            &["left", "h"],
            "",
            "to the pane on the left",
        )
    },
    entry(
        Command::Filter,
        "filter",
        &["/"],
        "filter",
        "narrow this list: by a name, failing, node:a, cpu>500m, !not…",
    ),
    entry(
        Command::FilterOff,
        "filter-off",
        &["&"],
        "",
        "clear the filters of all lists",
    ),
    Entry {
        scope: Scope::Marked,
        many: true,
        ..entry(
            Command::Unmark,
            "unmark",
            &["U"],
            "unmark",
            "take all marks away; esc leaves them",
        )
    },
    gesture(
        Command::Prompt,
        "prompt",
        &[":"],
        "command",
        "commands and places: :instances, :shop/prod/web",
    ),
    entry(
        Command::Help,
        "help",
        &["?"],
        "help",
        "what can be done here",
    ),
    Entry {
        aliases: &["pods", "pod", "po"],
        ..entry(
            Command::Instances,
            "instances",
            &["0"],
            "all instances",
            "all Instances of the open clusters in one list",
        )
    },
    Entry {
        aliases: &["services", "apps"],
        ..entry(
            Command::Home,
            "home",
            &["H"],
            "",
            "Services, Maps and Servers",
        )
    },
    Entry {
        aliases: &["ctx", "context", "clusters"],
        ..entry(
            Command::Contexts,
            "contexts",
            &["C"],
            "",
            "open and close clusters; :ctx NAME switches to one alone",
        )
    },
    Entry {
        aliases: &["cost", "watches"],
        ..entry(
            Command::Cost,
            "feeds",
            &["F"],
            "",
            "what looking costs: every feed, its age, rows and bytes",
        )
    },
    Entry {
        aliases: &["config"],
        ..entry(
            Command::Settings,
            "settings",
            &[],
            "",
            "where the settings are, and what is wrong with them",
        )
    },
    Entry {
        aliases: &["theme", "colours", "colors"],
        ..entry(
            Command::Themes,
            "themes",
            &["T"],
            "",
            "pick a theme; it holds until the settings name another",
        )
    },
    entry(
        Command::Overview,
        "overview",
        &["1"],
        "overview",
        "into the panel about what is selected, or back",
    ),
    Entry {
        scope: Scope::Servers,
        ..entry(
            Command::Board,
            "board",
            &["b"],
            "board",
            "Servers as cards, a column for each Group, or as a list",
        )
    },
    entry(
        Command::Zoom,
        "zoom",
        &["z"],
        "zoom",
        "what has the focus alone, or beside the others again",
    ),
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
        &["="],
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
            &["|"],
            "",
            "show, hide and move columns; :label team adds a label's",
        ))
    },
    at_rows(entry(
        Command::Wide,
        "wide",
        &["ctrl-w"],
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
    entry(
        Command::HistoryBack,
        "history-back",
        &["["],
        "",
        "to where you were before",
    ),
    entry(
        Command::HistoryForward,
        "history-forward",
        &["]"],
        "",
        "forward again",
    ),
    gesture(
        Command::Cancel,
        "cancel",
        &["ctrl-c"],
        "",
        "stop what runs; at rest, twice quits",
    ),
    entry(
        Command::Repaint,
        "repaint",
        &["ctrl-l"],
        "",
        "draw the screen again",
    ),
    entry(
        Command::Suspend,
        "suspend",
        &["ctrl-z"],
        "",
        "into the background; fg brings it back",
    ),
    Entry {
        aliases: &["q", "q!", "exit"],
        ..entry(Command::Quit, "quit", &["q"], "quit", "end barkeep")
    },
];
