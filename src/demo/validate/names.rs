//! How names, keys and values are spelt (`k8s.io/apimachinery/pkg/util/validation`, `pkg/api/validate/content`). Each check
//! says what is wrong, or nothing.

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const KEY: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const OUTSIDE: &str = "and must start and end with an alphanumeric character";

/// One reason, if it holds.
fn wrong(is_wrong: bool, why: impl FnOnce() -> String) -> Vec<String> {
    if is_wrong { vec![why()] } else { Vec::new() }
}

/// A sentence about a pattern, with examples.
fn pattern(what: &str, expression: &str, examples: &[&str]) -> String {
    let examples: Vec<String> = examples
        .iter()
        .map(|example| format!("'{example}', "))
        .collect();
    format!(
        "{what} (e.g. {}regex used for validation is '{expression}')",
        examples.join(" or ")
    )
}

fn too_long(text: &str, most: usize) -> Vec<String> {
    wrong(text.len() > most, || {
        format!("must be no more than {most} bytes")
    })
}

/// Begins and ends with one set of characters, and has another between.
fn is_spelt(text: &str, ends: impl Fn(char) -> bool, inner: impl Fn(char) -> bool) -> bool {
    text.starts_with(&ends) && text.ends_with(&ends) && text.chars().all(inner)
}

fn is_low(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

fn is_label(text: &str) -> bool {
    is_spelt(text, is_low, |c| is_low(c) || c == '-')
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_label)
}

fn is_key(text: &str) -> bool {
    let end = |c: char| c.is_ascii_alphanumeric();
    is_spelt(text, end, |c| end(c) || matches!(c, '-' | '_' | '.'))
}

/// A DNS-1123 label: `my-name`.
pub(super) fn label(text: &str) -> Vec<String> {
    let mut faults = too_long(text, 63);
    if !is_label(text) {
        faults.push(if is_subdomain(text) {
            "must not contain dots".to_owned()
        } else {
            let what = format!(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', {OUTSIDE}"
            );
            pattern(&what, LABEL, &["my-name", "123-abc"])
        });
    }
    faults
}

/// A DNS-1123 subdomain: `example.com`.
pub(super) fn subdomain(text: &str) -> Vec<String> {
    let mut faults = too_long(text, 253);
    if !is_subdomain(text) {
        let what = format!(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', {OUTSIDE}"
        );
        faults.push(pattern(
            &what,
            &format!("{LABEL}(\\.{LABEL})*"),
            &["example.com"],
        ));
    }
    faults
}

/// A DNS-1035 label, which begins with a letter.
pub(super) fn label_1035(text: &str) -> Vec<String> {
    let mut faults = too_long(text, 63);
    if !(is_label(text) && text.starts_with(|c: char| c.is_ascii_lowercase())) {
        let what = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
        faults.push(pattern(
            what,
            "[a-z]([-a-z0-9]*[a-z0-9])?",
            &["my-name", "abc-123"],
        ));
    }
    faults
}

/// A host of an Ingress with a wildcard: `*.example.com`.
pub(super) fn wildcard(text: &str) -> Vec<String> {
    let mut faults = too_long(text, 253);
    if !text.strip_prefix("*.").is_some_and(is_subdomain) {
        let what = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
        let expression = format!("\\*\\.{LABEL}(\\.{LABEL})*");
        faults.push(pattern(what, &expression, &["*.example.com"]));
    }
    faults
}

/// The key of a label, an annotation or a finalizer: `example.com/my-name`.
pub(super) fn key(text: &str) -> Vec<String> {
    let what = format!("must consist of alphanumeric characters, '-', '_' or '.', {OUTSIDE}");
    let spelt = pattern(&what, KEY, &["MyName", "my.name", "123-abc"]);
    let parts: Vec<&str> = text.split('/').collect();
    let mut faults = Vec::new();
    let name = match parts.as_slice() {
        [name] => name,
        [prefix, name] => {
            if prefix.is_empty() {
                faults.push("prefix part must be non-empty".to_owned());
            } else {
                let reasons = subdomain(prefix);
                faults.extend(reasons.into_iter().map(|why| format!("prefix part {why}")));
            }
            name
        }
        _ => {
            return vec![format!(
                "a valid label key {spelt} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
    };
    if name.is_empty() {
        faults.push("name part must be non-empty".to_owned());
    } else {
        let reasons = too_long(name, 63);
        faults.extend(reasons.into_iter().map(|why| format!("name part {why}")));
    }
    if !is_key(name) {
        faults.push(format!("name part {spelt}"));
    }
    faults
}

/// The value of a label.
pub(super) fn label_value(text: &str) -> Vec<String> {
    let mut faults = too_long(text, 63);
    if !(text.is_empty() || is_key(text)) {
        let what = format!(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', {OUTSIDE}"
        );
        faults.push(pattern(
            &what,
            &format!("({KEY})?"),
            &["MyValue", "my_value", "12345"],
        ));
    }
    faults
}

/// A key of a ConfigMap or a Secret.
pub(super) fn config_key(text: &str) -> Vec<String> {
    let mut faults = too_long(text, 253);
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || !text.chars().all(known) {
        let what = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
        faults.push(pattern(
            what,
            "[-._a-zA-Z0-9]+",
            &["key.name", "KEY_NAME", "key-name"],
        ));
    }
    match text {
        "." => faults.push("must not be '.'".to_owned()),
        ".." => faults.push("must not be '..'".to_owned()),
        _ if text.starts_with("..") => faults.push("must not start with '..'".to_owned()),
        _ => {}
    }
    faults
}

/// The name of an environment variable: anything printable save `=`.
pub(super) fn variable(text: &str) -> Vec<String> {
    wrong(
        !text.chars().all(|c| matches!(c, ' '..='~') && c != '='),
        || {
            let what = "a valid environment variable name must consist only of printable ASCII characters other than '='";
            what.to_owned()
        },
    )
}

/// A number of a port.
pub(super) fn port(number: i64) -> Vec<String> {
    wrong(!(1..=65_535).contains(&number), || {
        "must be between 1 and 65535, inclusive".to_owned()
    })
}

/// A name of a port.
pub(super) fn port_name(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut say = |is_wrong: bool, why: &str| {
        if is_wrong {
            faults.push(why.to_owned());
        }
    };
    say(text.len() > 15, "must be no more than 15 characters");
    say(
        text.is_empty() || !text.chars().all(|c| is_low(c) || c == '-'),
        "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
    );
    say(
        !text.contains(|c: char| c.is_ascii_lowercase()),
        "must contain at least one letter (a-z)",
    );
    say(text.contains("--"), "must not contain consecutive hyphens");
    say(
        text.starts_with('-') || text.ends_with('-'),
        "must not begin or end with a hyphen",
    );
    faults
}

/// A share: `25%`.
pub(super) fn percent(text: &str) -> Vec<String> {
    let is_percent = text
        .strip_suffix('%')
        .is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()));
    wrong(!is_percent, || {
        let what = "a valid percent string must be a numeric string followed by an ending '%'";
        pattern(what, "[0-9]+%", &["1%", "93%"])
    })
}

/// A name that can be part of a path, and may be nearly anything.
pub(super) fn segment(text: &str) -> Vec<String> {
    if matches!(text, "." | "..") {
        return vec![format!("may not be '{text}'")];
    }
    ["/", "%"]
        .into_iter()
        .filter(|sign| text.contains(sign))
        .map(|sign| format!("may not contain '{sign}'"))
        .collect()
}

/// An IP address, as the API has always taken them.
pub(super) fn address(text: &str) -> Vec<String> {
    wrong(text.parse::<std::net::IpAddr>().is_err(), || {
        "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)".to_owned()
    })
}

/// Whether this is a net: `10.0.0.0/8`.
pub(super) fn is_net(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else {
        return false;
    };
    let most = match address.parse() {
        Ok(std::net::IpAddr::V4(_)) => 32,
        Ok(std::net::IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.parse::<u8>().is_ok_and(|length| length <= most)
}
