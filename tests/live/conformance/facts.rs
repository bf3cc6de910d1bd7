//! An answer taken to pieces: each field's values, without what no two clusters have in common.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
};

use http::HeaderMap;
use serde_json::Value;

use super::script::find;

/// What is said where. Items of lists are taken together, save those that have a name or a type.
pub(crate) type Facts = BTreeMap<String, BTreeSet<String>>;

/// What is a cluster's own.
pub(crate) struct Own {
    /// The names of its nodes.
    pub(crate) nodes: Vec<String>,
    /// What earlier steps kept.
    pub(crate) kept: BTreeMap<String, String>,
}

/// Fields whose values are a cluster's own, by their last name: only that they are there is compared.
const OWN: &[&str] = &[
    "resourceVersion",
    "continue",
    "nodeName",
    "image",
    "imageID",
    "hash",
    "ca.crt",
    "pod-template-hash",
    "controller-revision-hash",
    "nodePort",
];

/// Those whose fields are not looked at.
const CONTROLLERS: &[&str] = &[
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-apiserver",
];

/// The letters of random ends of names (`k8s.io/apimachinery/pkg/util/rand`).
const RANDOM: &str = "bcdfghjklmnpqrstvwxz2456789";

fn say(facts: &mut Facts, place: &str, what: impl Into<String>) {
    facts
        .entry(place.to_owned())
        .or_default()
        .insert(what.into());
}

/// Status and headers.
pub(crate) fn of_head(facts: &mut Facts, code: u16, headers: &HeaderMap, own: &Own) {
    say(facts, "code", code.to_string());
    for name in ["content-type", "warning", "retry-after", "allow"] {
        for value in headers.get_all(name) {
            let value = String::from_utf8_lossy(value.as_bytes());
            say(facts, name, plain(&value, own));
        }
    }
}

/// A body.
pub(crate) fn of_answer(body: &Value, text: &str, look: &[String], own: &Own) -> Facts {
    let mut facts = Facts::new();
    if body.is_null() {
        say(&mut facts, "text", plain(text, own));
    } else if look.is_empty() {
        of(&mut facts, "", body, own);
    } else {
        for place in look {
            for value in find(body, place) {
                of(&mut facts, place, value, own);
            }
        }
    }
    let names = find(body, "/items/*/metadata/name");
    if !names.is_empty() && look.is_empty() {
        let names: Vec<String> = names
            .iter()
            .map(|name| plain(name.as_str().unwrap_or_default(), own))
            .collect();
        say(&mut facts, "order", names.join(" "));
    }
    facts
}

/// What Events tell: about whom, what, why.
pub(crate) fn of_told(list: &Value, own: &Own) -> Facts {
    let mut facts = Facts::new();
    for event in find(list, "/items/*") {
        let text = |place: &str| {
            let found = event.pointer(place).and_then(Value::as_str);
            plain(found.unwrap_or_default(), own)
        };
        // A server looks its addresses through every few minutes; one that was just given out may seem not to be.
        if matches!(
            text("/reason").as_str(),
            "ClusterIPNotAllocated" | "PortNotAllocated"
        ) {
            continue;
        }
        let place = format!(
            "{} {} {}",
            text("/involvedObject/kind"),
            text("/involvedObject/name"),
            text("/reason")
        );
        let told = format!(
            "{} {} {} {}",
            text("/type"),
            text("/source/component"),
            text("/involvedObject/fieldPath"),
            text("/message")
        );
        say(&mut facts, &place, told);
    }
    facts
}

/// What a watch told: of each object the kinds of events in their order, the same one after another counted once.
pub(crate) fn of_events(events: &[Value], own: &Own) -> Facts {
    let mut facts = Facts::new();
    let mut stories: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut last = 0;
    for event in events {
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        let object = &event["object"];
        let version = object["metadata"]["resourceVersion"].as_str();
        let version: u64 = version.and_then(|text| text.parse().ok()).unwrap_or(0);
        // The first ones tell of what is there already, in the order of names.
        if kind != "ADDED" && kind != "BOOKMARK" {
            say(&mut facts, "versions rise", (version >= last).to_string());
            last = version;
        }
        if kind == "BOOKMARK" || kind == "ERROR" {
            of(&mut facts, &kind, object, own);
            continue;
        }
        let row = object.pointer("/rows/0/object/metadata/name");
        let name = row.unwrap_or(&object["metadata"]["name"]);
        let name = name.as_str().unwrap_or_default().to_owned();
        let has_columns = object["columnDefinitions"].is_array();
        say(
            &mut facts,
            &format!("kind of {kind}"),
            object["kind"].to_string(),
        );
        if row.is_some() && stories.is_empty() {
            say(&mut facts, "columns come first", has_columns.to_string());
        }
        let story = stories.entry(name).or_default();
        if story.last() != Some(&kind) {
            story.push(kind);
        }
    }
    for (name, story) in stories {
        say(
            &mut facts,
            &format!("story of {}", plain(&name, own)),
            story.join(" "),
        );
    }
    facts
}

fn of(facts: &mut Facts, place: &str, value: &Value, own: &Own) {
    let last = place.rsplit('/').next().unwrap_or_default();
    match value {
        Value::Object(fields) => {
            if fields.is_empty() {
                say(facts, place, "{}");
            }
            for (name, value) in fields {
                of(facts, &format!("{place}/{}", plain(name, own)), value, own);
            }
        }
        Value::Array(items) => {
            if items.is_empty() {
                say(facts, place, "[]");
            }
            for (at, item) in items.iter().enumerate() {
                let key = ["name", "type", "manager"]
                    .iter()
                    .find_map(|key| item[*key].as_str());
                let key = match key {
                    Some(key) => plain(key, own),
                    None if item.is_object() || item.is_array() => String::new(),
                    None => at.to_string(),
                };
                let place = format!("{place}[{key}]");
                if CONTROLLERS.contains(&item["manager"].as_str().unwrap_or_default()) {
                    say(facts, &place, "…");
                } else {
                    of(facts, &place, item, own);
                }
            }
        }
        Value::String(_) | Value::Number(_) if OWN.contains(&last) => say(facts, place, "…"),
        Value::String(text) => say(facts, place, plain(text, own)),
        other => say(facts, place, other.to_string()),
    }
}

/// A text without what is a cluster's own.
fn plain(text: &str, own: &Own) -> String {
    let mut text = text.to_owned();
    for (name, value) in &own.kept {
        if value.len() > 2 {
            text = text.replace(value, &format!("${name}"));
        }
    }
    for node in &own.nodes {
        text = text.replace(node, "<node>");
    }
    let is_part = |letter: char| letter.is_alphanumeric() || "-.:".contains(letter);
    let mut said = String::new();
    let mut rest = text.as_str();
    while let Some(letter) = rest.chars().next() {
        let end = rest
            .find(|other| is_part(other) != is_part(letter))
            .unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        if is_part(letter) {
            let word = part.trim_end_matches(['.', ':']);
            said.push_str(&shape(word));
            said.push_str(&part[word.len()..]);
        } else {
            said.push_str(part);
        }
        rest = after;
    }
    said
}

/// A word as such.
fn shape(word: &str) -> String {
    if word.parse::<jiff::Timestamp>().is_ok() {
        return "<time>".to_owned();
    }
    let is_address =
        word.parse::<IpAddr>().is_ok() && word.len() > 4 || word.parse::<SocketAddr>().is_ok();
    if is_address {
        return "<address>".to_owned();
    }
    let is_hex = |text: &str| text.chars().all(|letter| letter.is_ascii_hexdigit());
    if word.len() == 36 && word.split('-').count() == 5 && word.split('-').all(is_hex) {
        return "<uid>".to_owned();
    }
    if word.len() >= 16 && is_hex(word) {
        return "<hex>".to_owned();
    }
    let age = word.strip_suffix(['s', 'm', 'h']);
    if age.is_some_and(|number| {
        !number.is_empty() && number.chars().all(|digit| digit.is_ascii_digit()) && number.len() < 3
    }) {
        return "<span>".to_owned();
    }
    if let Some((start, number)) = word.split_once(':')
        && number.len() >= 4
        && number.chars().all(|digit| digit.is_ascii_digit())
    {
        return format!("{start}:<number>");
    }
    let mut parts = Vec::new();
    for (at, part) in word.split('-').enumerate() {
        let is_number = part.len() >= 4 && part.chars().all(|digit| digit.is_ascii_digit());
        let is_long = matches!(part.len(), 8..=10);
        let has_digit = part.chars().any(|letter| letter.is_ascii_digit());
        let is_random = part.chars().all(|letter| RANDOM.contains(letter))
            && (at > 0 && (part.len() == 5 || is_long) || is_long && has_digit);
        parts.push(if is_random {
            "~"
        } else if is_number {
            "<number>"
        } else {
            part
        });
    }
    parts.join("-")
}
