//! The language of filters: what each term finds, what is wrong with others, and that what is printed is read back.

mod columns;
mod found;
mod random;

use std::collections::BTreeMap;

use super::*;
use crate::model::row::Labels;

/// A row of any table: texts by field, and numbers.
#[derive(Default)]
struct Line {
    texts: Vec<(Field, &'static str)>,
    amounts: Vec<(Field, Amount)>,
    health: Option<Health>,
    labels: Labels,
}

impl Fields for Line {
    fn texts(&self, field: Field, fits: &mut dyn FnMut(&str) -> bool) -> bool {
        self.texts
            .iter()
            .any(|(known, text)| *known == field && fits(text))
    }

    fn words(&self) -> &'static [Field] {
        &[Field::Status, Field::Node]
    }

    fn amount(&self, field: Field) -> Option<Amount> {
        let found = self.amounts.iter().find(|(known, _)| *known == field);
        found.map(|(_, amount)| *amount)
    }

    fn health(&self) -> Option<Health> {
        self.health
    }

    fn labels(&self) -> Option<&Labels> {
        Some(&self.labels)
    }
}

fn line() -> Line {
    let amount = |value, of| Amount { value, of };
    Line {
        texts: vec![
            (Field::Name, "web-API-7d9"),
            (Field::Namespace, "shop-prod"),
            (Field::Kind, "Deployment"),
            (Field::Kind, "dep"),
            (Field::Image, "registry.local/web:1.4.2"),
            (Field::Node, "node-1"),
            (Field::Status, "failing to start"),
        ],
        amounts: vec![
            (Field::Cpu, amount(600, 1000)),
            (Field::Memory, amount(200 << 20, 250 << 20)),
            (Field::Restarts, amount(5, 0)),
            (Field::Age, amount(5400, 0)),
            (Field::Ready, amount(2, 3)),
        ],
        health: Some(Health::Warning),
        labels: BTreeMap::from([("app".into(), "web".into())]),
    }
}

fn parse(text: &str) -> Result<Filter, Mistake> {
    Filter::parse(text, &Known::ANY)
}

/// Whether a row fits what is typed.
fn asked(text: &str, line: &Line) -> Result<bool, Mistake> {
    parse(text).map(|filter| filter.fits(line, &mut Search::default()))
}

#[test]
fn every_term_finds_what_it_says() {
    let line = line();
    for (text, fits) in [
        ("", true),
        ("   ", true),
        // Letters in order in the name; elsewhere the word as it is.
        ("web", true),
        ("wap7", true),
        ("bew", false),
        ("wad", true),
        ("WEB", false),
        ("API", true),
        ("node", true),
        ("nd1", false),
        ("start", true),
        // What is no column that is looked through.
        ("registry", false),
        ("'b-api", true),
        ("'wap", false),
        ("'failing", true),
        ("\"failing to\"", true),
        ("'\"to start\"", true),
        ("\"failing  to\"", false),
        ("!web", false),
        ("!zzz", true),
        ("!!web", true),
        ("!'zzz", true),
        ("/^web-.*9$/", true),
        ("/^WEB/", false),
        ("/node-\\d/", true),
        ("/we", true),
        ("!/^web/", false),
        ("web node-1", true),
        ("web zzz", false),
        ("zzz | node-1", true),
        ("zzz|yyy", false),
        ("web |", true),
        ("| web", true),
        // As one writes it elsewhere; a word where nothing is to be joined.
        ("zzz or node-1", true),
        ("zzz OR yyy", false),
        ("web and zzz", false),
        ("web && node-1", true),
        ("or", false),
        ("-f wap7", true),
        ("image:/.*web/", true),
        ("image=registry.local/web:1.4.2", true),
        ("web or", false),
        ("name:web", true),
        ("name:wap", false),
        ("NAME:web", true),
        ("name:\"b-a\"", true),
        ("name=web-API-7d9", true),
        ("name=web", false),
        ("name!=web", true),
        ("!name=web", true),
        ("name:/^web/", true),
        ("image:1.4", true),
        ("image:/:1\\.[45]/", true),
        ("image:registry.local/web", true),
        ("ns:prod", true),
        ("namespace=shop-prod", true),
        ("kind:dep", true),
        ("kind=dep", true),
        ("kind=Deployment", true),
        ("kind:sts", false),
        ("status:fail", true),
        ("node:node-2", false),
        ("!node:node-2", true),
        ("group:front", false),
        ("-l app=web", true),
        ("-l app!=web", false),
        ("-l \"app in (db, web)\"", true),
        ("-l app in (db, web) node-1", true),
        ("-l app notin (db, web)", false),
        ("-l app = web node-1", true),
        ("-l app=web, !legacy zzz", false),
        ("-l app in(db) | web", true),
        ("-lapp=web", true),
        ("!-l legacy", true),
        ("label:app=web", true),
        ("warning", true),
        ("Warning", true),
        ("failing", false),
        ("!failing", true),
        ("health:warning", true),
        ("health!=warning", false),
        ("cpu>500m", true),
        ("cpu > 500m", true),
        ("cpu <500m web", false),
        ("name = web", false),
        ("name: web", true),
        ("cpu>0.6c", false),
        ("cpu>=0.6", true),
        ("cpu<1", true),
        ("cpu=600m", true),
        ("cpu!=600m", false),
        ("cpu>50%", true),
        ("cpu>60%", false),
        ("mem>=200Mi", true),
        ("memory<200Mi", false),
        ("mem>=80%", true),
        ("mem>80.5%", false),
        ("restarts>=5", true),
        ("restarts:5", true),
        ("restarts>5", false),
        ("age<2h", true),
        ("age>1h30m", false),
        ("age>=1h30m", true),
        ("age<1w", true),
        ("ready<1", true),
        ("ready<100%", true),
        ("ready>0.5", true),
        ("ready=1", false),
        // What is not known is neither more nor less.
        ("servers>1", false),
        ("servers<1", false),
    ] {
        assert_eq!(asked(text, &line), Ok(fits), "{text}");
    }
}

#[test]
fn what_is_wrong_is_said_and_where() {
    for (text, at, says) in [
        (
            "web nmae:x",
            4..8,
            "There is no field `nmae`; did you mean `name`?",
        ),
        (
            "busybox:1.0",
            0..7,
            "There is no field `busybox`. `'busybox:1.0` finds the text itself.",
        ),
        (
            "cpu>x",
            0..5,
            "`cpu>x`: x is no amount of cpu, such as 500m, 2 or 80%.",
        ),
        (
            "cpu>-1",
            0..6,
            "`cpu>-1`: -1 is no amount of cpu, such as 500m, 2 or 80%.",
        ),
        (
            "mem>lots",
            0..8,
            "`mem>lots`: lots is no amount of memory, such as 200Mi, 1Gi or 80%.",
        ),
        (
            "cpu>",
            0..4,
            "`cpu>` wants something to compare with, such as 500m, 2 or 80%.",
        ),
        (
            "age<2",
            0..5,
            "`age<2`: 2 is no age, such as 90s, 2h or 3d.",
        ),
        (
            "ready<2",
            0..7,
            "`ready<2`: 2 is no part of what is wanted, such as 1, 0.5 or 50%.",
        ),
        (
            "restarts>50%",
            0..12,
            "`restarts>50%`: 50% is no number, such as 5.",
        ),
        (
            "name<web",
            0..5,
            "`name` is a text: `name:…` is in it, `name=…` all of it.",
        ),
        (
            "cpu >  ",
            0..7,
            "`cpu >` wants something to compare with, such as 500m, 2 or 80%.",
        ),
        (
            "web > 5",
            4..5,
            "`<`, `=` and `>` stand behind a field, as in `cpu>500m`.",
        ),
        (
            "last-seen<1h",
            0..9,
            "There is no field `last-seen`. `'last-seen<1h` finds the text itself.",
        ),
        (
            "web !^web",
            4..9,
            "A regular expression stands between slashes: `/^web/`.",
        ),
        (
            "web.*pod",
            0..8,
            "A regular expression stands between slashes: `/web.*pod/`.",
        ),
        (
            "app!=web",
            0..3,
            "There is no field `app`. `'app!=web` finds the text itself. `-l app!=web` finds a label.",
        ),
        (
            "(web | db)",
            0..4,
            "There are no parentheses: words between blanks must all fit, `|` separates alternatives.",
        ),
        (
            "name:",
            0..5,
            "`name:` wants a text after it, as in `name:web`.",
        ),
        ("'", 0..1, "`'` wants a text after it, as in `'web`."),
        (
            "-l",
            0..2,
            "`-l` wants a text after it, as in `-l team=shop`.",
        ),
        (
            "-l a&b",
            0..6,
            "`a&b` is no term of a label selector, such as `team=shop` or `!legacy`.",
        ),
        (
            "web !",
            4..5,
            "`!` leaves out what the word after it finds, as in `!test`.",
        ),
        (
            "/we(b/",
            0..6,
            "`/we(b/` is no regular expression: unclosed group.",
        ),
        (
            "health:ill",
            0..10,
            "`ill` is no health: failing, warning, progressing, unknown, healthy, stopped.",
        ),
    ] {
        assert_eq!(parse(text), Err(Mistake::new(at, says)), "{text}");
    }
    let known = Known {
        rows: "Services",
        fields: Some(&[Field::Name, Field::Maps]),
        headings: Some(&[]),
    };
    for (text, says) in [
        ("node:a", "Services have no `node`. They have name, maps."),
        ("-l a=b", "Services have no labels."),
        ("nam:x", "There is no field `nam`; did you mean `name`?"),
    ] {
        let says = Err(says.to_owned());
        assert_eq!(
            Filter::parse(text, &known).map_err(|mistake| mistake.says),
            says
        );
    }
}

#[test]
fn what_is_printed_is_short() {
    for (text, printed) in [
        ("  web   'a \"b c\" ", "web 'a \"b c\""),
        ("!!web|!db", "web | !db"),
        ("web or not and db", "web | not db"),
        ("web !!or db", "web !!or db"),
        ("-l \"a\" in(db)", "-l \"a\" in(db)"),
        ("-l a=b in(db)", "-l a=b in(db)"),
        ("name!='web", "!name=web"),
        ("ns:\"a\"", "namespace:a"),
        ("/ab", "/ab/"),
        ("/a b\\/c/d", "/a b\\/c/ d"),
        (
            "memory>1024Mi cpu>=2000m cpu<0.25",
            "mem>1Gi cpu>=2 cpu<250m",
        ),
        ("mem>80.50% ready<0.5", "mem>80.50% ready<50%"),
        ("age<90m age>0s", "age<1h30m age>0s"),
        ("restarts==5 rst:5", "restarts=5 restarts=5"),
        ("label:a==b,c -l \"!a\"", "-l \"a=b,c\" -l !a"),
        ("FAILING health!=stopped", "failing !stopped"),
        ("\"\\\"q\\\\\"", "\"\\\"q\\\\\""),
    ] {
        assert_eq!(
            parse(text).map(|filter| filter.to_string()),
            Ok(printed.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn one_filter_is_put_within_another_and_out_of_it() {
    let filter = |text| parse(text).unwrap_or_default();
    for (outer, inner, both) in [
        ("ns=shop", "", "ns=shop"),
        ("", "web", "web"),
        ("ns=shop", "'web  !db", "ns=shop 'web  !db"),
        (
            "ns=shop -l a",
            "web | db",
            "namespace=shop -l \"a\" web | namespace=shop -l \"a\" db",
        ),
    ] {
        let within = filter(inner).within(&filter(outer));
        assert_eq!(within.text(), both, "{outer} {inner}");
        assert_eq!(within, filter(both), "{outer} {inner}");
    }
    for (text, rest) in [
        ("cluster=eu ns=shop web", "web"),
        ("ns=shop web | ns=shop db", "web | db"),
        ("ns=shop | db", ""),
        ("ns:shop web", "namespace:shop web"),
    ] {
        let without = filter(text).without(&[Field::Cluster, Field::Namespace]);
        assert_eq!(without.text(), rest, "{text}");
    }
}

#[test]
fn a_filter_that_goes_on_narrows() {
    let filter = |text| parse(text).unwrap_or_default();
    for (before, now, narrows) in [
        ("", "web", true),
        ("we", "web", true),
        ("web", "we", false),
        ("web", "web fail", true),
        ("web", "web cpu>1", true),
        ("failin", "failing", false),
        ("!we", "!web", false),
        ("'we", "'web", true),
        ("name:we", "name:web", true),
        ("we", "'we", false),
        ("web", "web | db", false),
        ("a | b", "a", false),
        ("we", "WEb", false),
    ] {
        assert_eq!(
            filter(now).narrows(&filter(before)),
            narrows,
            "{before} {now}"
        );
    }
}
