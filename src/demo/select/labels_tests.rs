use super::*;

#[test]
fn terms_hold_as_kubernetes_has_it() {
    let label = |key: &str| match key {
        "team" => Some("shop"),
        "in" => Some("x"),
        "rank" => Some("5"),
        "empty" => Some(""),
        _ => None,
    };
    for (text, fits) in [
        ("", true),
        ("team=shop", true),
        (" team == shop , tier!=test", true),
        ("team!=shop", false),
        ("team in (dev,shop),team", true),
        ("team notin (shop)", false),
        ("tier notin (test)", true),
        ("!legacy", true),
        ("! team", false),
        ("legacy", false),
        ("in=x", true),
        ("in in (x,notin)", true),
        ("empty=", true),
        ("empty in (,x)", true),
        ("empty in ()", true),
        ("team=,empty", false),
        ("rank>4,rank<6", true),
        ("rank>5", false),
        ("team>1", false),
    ] {
        let selector: Result<Labels, _> = text.parse();
        assert_eq!(
            selector.map(|selector| selector.matches(label)),
            Ok(fits),
            "{text}"
        );
    }
}

#[test]
fn bad_ones_are_told_as_a_server_tells_them() {
    // Recorded from Kubernetes 1.35.
    for (text, error) in [
        (
            "a in (x",
            "unable to parse requirement: found '', expected: ',' or ')'",
        ),
        ("a=b,,c", "found ',', expected: identifier after ','"),
        (
            "a b",
            "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
        ),
        (
            "=x",
            "found '=', expected: !, identifier, or 'end of string'",
        ),
        ("a=b=c", "found '=', expected: ',' or 'end of string'"),
        (
            "!",
            "unable to parse requirement: found '', expected: identifier",
        ),
        ("a,", "found '', expected: identifier after ','"),
        (
            "a in x",
            "unable to parse requirement: found 'x' expected: '('",
        ),
        (
            "a in",
            "unable to parse requirement: found '' expected: '('",
        ),
        (
            "a in (",
            "unable to parse requirement: found '', expected: ',', ')' or identifier",
        ),
        ("!a=b", "found '=', expected: ',' or 'end of string'"),
        (
            "a in (x y)",
            "unable to parse requirement: found 'y', expected: ',' or ')'",
        ),
        (
            "a===b",
            "unable to parse requirement: found '=', expected: identifier",
        ),
        (
            "a!b",
            "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt",
        ),
        (
            "a>x",
            "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
        ),
        (
            "/a=b",
            "unable to parse requirement: <nil>: Invalid value: \"/a\": prefix part must be non-empty",
        ),
    ] {
        assert_eq!(text.parse::<Labels>(), Err(error.to_owned()), "{text}");
    }
    let two = "a in (\u{c4},-)".parse::<Labels>();
    let two = two.map_or_else(|error| error, |_| String::new());
    assert!(
        two.starts_with(
            "unable to parse requirement: [values[0][a]: Invalid value: \"-\": a valid"
        ),
        "{two}"
    );
    assert!(
        two.contains("'), values[1][a]: Invalid value: \"\u{c4}\": "),
        "{two}"
    );
    assert_eq!(key_faults("a/").len(), 2);
    assert_eq!(key_faults("example.com/a"), Vec::<String>::new());
}
