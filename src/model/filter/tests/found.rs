//! What words find, and where in a text it stands.

use super::*;

#[test]
fn letters_are_found_near_to_each_other() {
    let mut search = Search::default();
    for (word, name, found) in [
        ("web", "web-68954f5bdb-b8fhh", true),
        ("web", "airflow-web", true),
        ("web", "worker-69dbdbcc86-w6l8v", false),
        ("frdscr", "fraud-score", true),
        ("apgw", "api-gateway", true),
        ("agw", "api-gateway", true),
        ("pfs", "payments-prod-fraud-score", true),
        ("ateway", "api-gateway", true),
        ("logs", "logistics", true),
        ("aaaa", "aaa", false),
    ] {
        assert_eq!(
            Needle::new(word).is_in_order(name, &mut search),
            found,
            "{word} {name}"
        );
    }
}

#[test]
fn names_in_any_script_are_found() {
    let line = Line {
        texts: vec![(Field::Name, "카페-포인트-Café")],
        ..Line::default()
    };
    for (text, fits) in [
        ("포인트", true),
        ("카트", true),
        ("'카트", false),
        ("café", true),
    ] {
        assert_eq!(asked(text, &line), Ok(fits), "{text}");
    }
}

#[test]
fn what_is_found_is_shown() {
    let mut search = Search::default();
    let mut at = Vec::new();
    for (filter, text, is_name, found) in [
        ("wap", "web-api", true, &[0, 4, 5][..]),
        ("wap", "web-api", false, &[]),
        ("'api", "web-api", true, &[4, 5, 6]),
        ("!api", "web-api", true, &[]),
        ("/a./", "카a한", true, &[1, 2]),
        ("name:b", "web", true, &[2]),
        ("인트", "포인트", true, &[1, 2]),
    ] {
        let filter = parse(filter).unwrap_or_default();
        filter.found(text, is_name, &mut search, &mut at);
        at.sort_unstable();
        assert_eq!(at, found, "{filter} {text}");
    }
}
