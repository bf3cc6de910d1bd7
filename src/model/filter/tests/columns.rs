//! Columns in which a server prints its objects, asked by name.

use super::*;
use crate::model::listing::Heading;

/// An object as its server prints it.
struct Printed;

impl Fields for Printed {
    fn texts(&self, field: Field, fits: &mut dyn FnMut(&str) -> bool) -> bool {
        field == Field::Name && fits("web")
    }

    fn printed_texts(&self, name: &str, fits: &mut dyn FnMut(&str) -> bool) -> bool {
        let all = [
            ("cluster-ip", "10.0.0.7"),
            ("ports", "80/TCP"),
            ("ready", "False"),
            ("status", "Bound"),
        ];
        all.iter().any(|(known, text)| *known == name && fits(text))
    }

    fn printed_amount(&self, name: &str) -> Option<Amount> {
        let all = [
            ("last-seen", 7200, 0),
            ("count", 12, 0),
            ("capacity", 1 << 30, 0),
            ("completions", 1, 2),
        ];
        let found = all.into_iter().find(|(known, ..)| *known == name);
        found.map(|(_, value, of)| Amount { value, of })
    }
}

fn headings() -> Vec<Heading> {
    let names = [
        "NAME",
        "CLUSTER-IP",
        "PORT(S)",
        "READY",
        "STATUS",
        "LAST SEEN",
        "COUNT",
        "CAPACITY",
        "COMPLETIONS",
    ];
    let heading = |name: &str| Heading {
        name: name.into(),
        number: name == "COUNT",
        age: false,
        wide: false,
    };
    names.map(heading).into()
}

const FIELDS: &[Field] = &[Field::Name, Field::Status, Field::Ready];

#[test]
fn columns_are_asked_by_name() {
    let headings = headings();
    let known = Known {
        rows: "services",
        fields: Some(FIELDS),
        headings: Some(&headings),
    };
    let mut search = Search::default();
    for (text, fits, printed) in [
        ("cluster-ip:10.0", true, "cluster-ip:10.0"),
        ("Cluster-IP=10.0.0.7", true, "cluster-ip=10.0.0.7"),
        ("cluster-ip!=10.0.0.7", false, "!cluster-ip=10.0.0.7"),
        ("cluster-ip:/^10\\./", true, "cluster-ip:/^10\\./"),
        ("ports:80", true, "ports:80"),
        ("port:80", true, "ports:80"),
        ("status=Bound", true, "status=Bound"),
        ("name=web", true, "name=web"),
        ("ready:false", true, "ready:\"false\""),
        ("ready<1", false, "ready<100%"),
        ("count>=12", true, "count>=12"),
        ("count > 12", false, "count>12"),
        ("last-seen<3h", true, "last-seen<10800"),
        ("capacity>=1Gi", true, "capacity>=1073741824"),
        ("completions<100%", true, "completions<100%"),
        ("last-seen < 3h", true, "last-seen<10800"),
        ("ready:\"1\"", false, "ready:\"1\""),
        ("status:Bou", true, "status:Bou"),
        // Another word for all that.
        ("web-1:80", false, "web-1:80"),
    ] {
        let filter = Filter::parse(text, &known);
        let read = filter.map(|filter| (filter.fits(&Printed, &mut search), filter.to_string()));
        assert_eq!(read, Ok((fits, printed.to_owned())), "{text}");
        let again = Filter::parse(printed, &known);
        assert_eq!(again, Filter::parse(text, &known), "{text}");
    }
    for (text, says) in [
        (
            "cpu>1",
            "services have no `cpu`. They have name, cluster-ip, ports, ready, status, last-seen, count, capacity, completions.",
        ),
        (
            "counts>1",
            "There is no field `counts`; did you mean `count`?",
        ),
        (
            "count>many",
            "`count>many`: many is nothing to compare with, such as 5, 2h, 1Gi or 50%.",
        ),
    ] {
        let mistake = Filter::parse(text, &known).map_err(|mistake| mistake.says);
        assert_eq!(mistake, Err(says.to_owned()), "{text}");
    }
}

#[test]
fn any_name_may_be_a_column_until_they_are_told() {
    let known = Known {
        rows: "services",
        fields: Some(FIELDS),
        headings: None,
    };
    let filter = Filter::parse("count>3", &known).unwrap_or_default();
    assert!(filter.fits(&Printed, &mut Search::default()));
}

#[test]
fn what_a_column_counts_is_no_part_and_its_health_has_words_of_its_own() {
    let heading = |name: &str, number| Heading {
        name: name.into(),
        number,
        age: false,
        wide: false,
    };
    let headings = [heading("READY", true), heading("HEALTH", false)];
    let known = Known {
        rows: "sets",
        fields: Some(FIELDS),
        headings: Some(&headings),
    };
    for (text, printed) in [
        ("ready<1", "ready<1"),
        ("ready>=7", "ready>=7"),
        ("health:green", "health:\"green\""),
        ("health:failing", "failing"),
    ] {
        let filter = Filter::parse(text, &known).map(|filter| filter.to_string());
        assert_eq!(filter, Ok(printed.to_owned()), "{text}");
    }
    let mistake = Filter::parse(
        "ready<3h",
        &Known {
            headings: None,
            ..known
        },
    );
    assert!(mistake.is_err());
}
