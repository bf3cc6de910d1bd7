//! Texts put together at random: what is printed is read back, what narrows shows nothing new, nothing breaks.

use proptest::prelude::*;

use super::*;

/// Pieces that mean something, put together at random.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(vec![
            " ", " ", " ", "|", "!", "'", "\"", "/", "\\", "-l ", ":", "=", "!=", "<", ">=", "==", "%", ",", "(", ")",
            "name", "ns", "cpu", "mem", "age", "ready", "restarts", "image", "label", "health", "failing", "in",
            "or ", "and ", "&& ", "-f ", " in(", "notin ", "500m", "2", "0.5", "80%", "200Mi", "1h30m", "99999999999999999999", "16Ei", "web", "Web", "한국", "é",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,3}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// One term that can be read, mostly.
fn term() -> impl Strategy<Value = String> {
    let fields = proptest::sample::select(vec!["name", "ns", "image", "kind", "status", "node"]);
    let numbers =
        proptest::sample::select(vec!["cpu", "mem", "age", "ready", "restarts", "servers"]);
    let ops = proptest::sample::select(vec![":", "=", "!=", "<", "<=", ">", ">="]);
    prop_oneof![
        "!{0,2}[a-zA-Z0-9.한é-]{1,6}",
        "!?'[^ |\"']{1,6}",
        "!?\"[^\"]{1,8}\"",
        "!?/[a-zA-Z0-9 |.]{0,8}/",
        "!?-l [a-z]{1,4}(!?=[a-z]{0,4})?(,![a-z]{1,3})?",
        (fields, "(:|=|!=)", "(\"[^\"]{1,6}\"|[a-z0-9=/]{1,6})")
            .prop_map(|(f, o, v)| format!("{f}{o}{v}")),
        (
            numbers,
            ops,
            "[0-9]{1,19}(\\.[0-9]{1,2})?(m|Mi|Gi|%|h|d|s|c)?"
        )
            .prop_map(|(f, o, v)| format!("{f}{o}{v}")),
        proptest::sample::select(vec!["failing", "!healthy", "|"]).prop_map(str::to_owned),
    ]
}

fn is_read_back(text: &str) {
    if let Ok(filter) = parse(text) {
        let printed = filter.to_string();
        assert_eq!(
            parse(&printed),
            Ok(filter),
            "{text:?} is printed as {printed:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_read_back(text in text(), terms in proptest::collection::vec(term(), 0..5)) {
        is_read_back(&text);
        is_read_back(&terms.join(" "));
    }

    #[test]
    fn no_text_breaks_anything(text in "\\PC*") {
        is_read_back(&text);
        match parse(&text) {
            Ok(filter) => {
                let mut at = Vec::new();
                let mut search = Search::default();
                filter.fits(&line(), &mut search);
                filter.found("web-카페", true, &mut search, &mut at);
            }
            Err(mistake) => prop_assert!(text.get(mistake.at.clone()).is_some() && !mistake.says.is_empty()),
        }
    }

    #[test]
    fn what_narrows_shows_nothing_that_was_not_shown(before in text(), more in text()) {
        let (Ok(filter), Ok(narrowed)) = (parse(&before), parse(&format!("{before}{more}"))) else { return Ok(()) };
        let mut search = Search::default();
        if narrowed.narrows(&filter) && narrowed.fits(&line(), &mut search) {
            prop_assert!(filter.fits(&line(), &mut search));
        }
    }
}
