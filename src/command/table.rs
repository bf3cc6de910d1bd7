//! The table itself: every command with its keys and words, in the order of help and footer.

mod lists;

use self::lists::LISTS;
use super::{Command, Danger, Entry, Scope};

pub(super) const fn entry(
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
pub(super) const fn gesture(
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

/// A command of a box: outside of it its keys may mean something else.
const fn in_box(scope: Scope, entry: Entry) -> Entry {
    Entry { scope, ..entry }
}

/// A command that is about the rows of the pane with focus.
const fn at_rows(entry: Entry) -> Entry {
    Entry {
        scope: Scope::Rows,
        ..entry
    }
}

const FIRST: &[Entry] = &[
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
            "take all marks away; going back keeps them",
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
        Command::Find,
        "find",
        &["ctrl-p"],
        "",
        "find by name in all that is loaded: :find web",
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
        aliases: &["api-resources", "apis"],
        ..entry(
            Command::Kinds,
            "kinds",
            &[],
            "",
            "all kinds of the cluster; :ingress, :events, :cm shop-prod list one",
        )
    },
    Entry {
        scope: Scope::Narrowable,
        ..entry(
            Command::AllNamespaces,
            "all-namespaces",
            &["A"],
            "all namespaces",
            "this kind in all namespaces, or in that of the Map",
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
    in_box(
        Scope::InContexts,
        gesture(
            Command::Favourite,
            "favourite",
            &["f"],
            "",
            "among the clusters: list this one first, or no longer",
        ),
    ),
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
            &["T", ", t"],
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
    entry(
        Command::Narrower,
        "narrower",
        &["alt-left"],
        "",
        "what has the focus narrower",
    ),
    entry(
        Command::Wider,
        "wider",
        &["alt-right"],
        "",
        "what has the focus wider",
    ),
    entry(
        Command::Taller,
        "taller",
        &["alt-up"],
        "",
        "the panel taller, or wider where it stands on the right",
    ),
    entry(
        Command::Shorter,
        "shorter",
        &["alt-down"],
        "",
        "the panel shorter, or narrower where it stands on the right",
    ),
    entry(
        Command::PanelSide,
        "panel-side",
        &[", p"],
        "",
        "the panel on the right of the panes, or below them",
    ),
    entry(
        Command::PanelHide,
        "panel-hide",
        &[", h"],
        "",
        "the panel only while it has the focus, or always",
    ),
    entry(
        Command::LayoutReset,
        "layout-reset",
        &[", 0"],
        "",
        "panes and panel as the screen suggests",
    ),
    Entry {
        many: true,
        scope: Scope::Selected,
        aliases: &["copy"],
        ..entry(
            Command::CopyName,
            "copy-name",
            &["c"],
            "",
            "the name of what is selected, or all that are marked, to the clipboard",
        )
    },
    entry(
        Command::CopyShown,
        "copy-shown",
        &["Y"],
        "",
        "the whole list, panel or box to the clipboard",
    ),
    entry(
        Command::Mouse,
        "mouse",
        &["M", ", m"],
        "",
        "the mouse for barkeep, or for the terminal; shift-drag selects text",
    ),
];

const LAST: &[Entry] = &[
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
    entry(
        Command::Last,
        "last",
        &["-"],
        "",
        "to the place before this one, and back",
    ),
    entry(
        Command::Bookmark,
        "bookmark",
        &["m"],
        "",
        "name this place, to come back to it; :bookmark NAME does too",
    ),
    Entry {
        aliases: &["bookmarks", "recent", "go"],
        ..entry(
            Command::Places,
            "places",
            &["'"],
            "",
            "bookmarks and recent places; :go NAME goes to one",
        )
    },
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

/// The table, in the order of help and footer.
pub const COMMANDS: &[Entry] =
    &joined::<{ FIRST.len() + LISTS.len() + LAST.len() }>([FIRST, LISTS, LAST]);

const fn joined<const ALL: usize>(parts: [&[Entry]; 3]) -> [Entry; ALL] {
    let mut all = [parts[0][0]; ALL];
    let (mut part, mut at) = (0, 0);
    while part < parts.len() {
        let mut n = 0;
        while n < parts[part].len() {
            all[at] = parts[part][n];
            at += 1;
            n += 1;
        }
        part += 1;
    }
    all
}
