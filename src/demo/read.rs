//! Get and list: one object, all of them, or a page of all of them as they were when the first page was read.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    patch,
    refusal::{Fault, Refusal},
    request::{Call, Form},
    select::Selection,
    state::State,
    store::{Entry, Store},
    table,
};

/// Where a list goes on, as `k8s.io/apiserver/pkg/storage/continue.go` writes it.
#[derive(Serialize, Deserialize)]
struct Token {
    v: String,
    rv: i64,
    start: String,
}

/// What a list says of itself.
pub struct Page {
    /// The version at which it is true.
    pub version: u64,
    /// Where it goes on; empty at its end.
    pub next: String,
    /// How many more there are, where that is known.
    pub remaining: Option<usize>,
    /// What is in it.
    pub entries: Vec<Arc<Entry>>,
}

/// Reads one object.
pub fn get(state: &State, call: &Call) -> Result<Bytes, Refusal> {
    let entry = state
        .store
        .get(call.resource, &call.namespace, &call.name)
        .ok_or_else(|| Refusal::not_found(call.resource, &call.name))?;
    Ok(match call.form {
        Form::Plain if call.older.is_some() => Bytes::from(call.shown(entry.value()).to_string()),
        Form::Plain => entry.json.clone(),
        Form::Metadata => Bytes::from(table::partial(&entry.value()).to_string()),
        Form::Table => {
            let table = table::table(
                call.resource,
                &[entry.value()],
                include(call)?,
                &json!({"resourceVersion": entry.version.to_string()}),
                state.now(),
            );
            Bytes::from(table.to_string())
        }
    })
}

/// Which part of each object goes with its row.
pub fn include(call: &Call) -> Result<table::Include, Refusal> {
    match call.query.get("includeObject") {
        None | Some("Metadata") => Ok(table::Include::Metadata),
        Some("None") => Ok(table::Include::None),
        Some("Object") => Ok(table::Include::Object),
        Some(other) => Err(Refusal::bad_request(format!(
            "Unable to convert to Table as requested: includeObject: Invalid value: \"{other}\": must be 'Metadata', 'Object', 'None', or empty"
        ))),
    }
}

/// Reads a list, in pieces that are sent one after another.
pub fn list(state: &State, call: &Call) -> Result<Vec<Bytes>, Refusal> {
    let page = page(&state.store, call)?;
    let mut about = json!({"resourceVersion": page.version.to_string()});
    if !page.next.is_empty() {
        about["continue"] = json!(page.next);
    }
    if let Some(remaining) = page.remaining {
        about["remainingItemCount"] = json!(remaining);
    }
    let resource = call.resource;
    match call.form {
        Form::Table => {
            let objects: Vec<Value> = page.entries.iter().map(|entry| entry.value()).collect();
            let table = table::table(resource, &objects, include(call)?, &about, state.now());
            Ok(vec![Bytes::from(table.to_string())])
        }
        Form::Metadata => {
            let items: Vec<Value> = page
                .entries
                .iter()
                .map(|entry| table::partial(&entry.value()))
                .collect();
            let list = json!({
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
                "metadata": about, "items": items,
            });
            Ok(vec![Bytes::from(list.to_string())])
        }
        Form::Plain => Ok(plain(call, &about, &page.entries)),
    }
}

/// A list as it is written by hand, since its items are text already. They do not say their kind: the list has said it.
fn plain(call: &Call, about: &Value, entries: &[Arc<Entry>]) -> Vec<Bytes> {
    let head = format!(
        "{{\"kind\":\"{}List\",\"apiVersion\":\"{}\",\"metadata\":{about},\"items\":[",
        call.resource.kind,
        call.older
            .map_or(call.resource, |older| &older.resource)
            .api_version()
    );
    let mut pieces = Vec::with_capacity(entries.len() * 2 + 2);
    pieces.push(Bytes::from(head));
    for (at, entry) in entries.iter().enumerate() {
        if at > 0 {
            pieces.push(Bytes::from_static(b","));
        }
        if call.older.is_some() {
            pieces.push(Bytes::from(call.shown(entry.value()).to_string()));
        } else {
            pieces.push(Bytes::from_static(b"{"));
            pieces.push(entry.json.slice(entry.head..));
        }
    }
    pieces.push(Bytes::from_static(b"]}\n"));
    pieces
}

/// The objects that a list shows (`k8s.io/apiserver/pkg/storage/etcd3/store.go`, `GetList`).
pub fn page(store: &Store, call: &Call) -> Result<Page, Refusal> {
    let selection = selection(call)?;
    let limit = call.query.number("limit")?.unwrap_or(0).max(0) as usize;
    let limit = if limit == 0 { usize::MAX } else { limit };
    let (version, start) = match call.query.get("continue") {
        Some(token) => go_on(store, call, token)?,
        None => (version_asked(store, call)?, None),
    };
    let live = version == store.version();
    let snapshot = if live {
        None
    } else {
        Some(as_of(store, call, version))
    };
    let entries: Box<dyn Iterator<Item = &Arc<Entry>>> = match &snapshot {
        None => Box::new(store.list(call.resource, call.within())),
        Some(snapshot) => Box::new(snapshot.values()),
    };
    let after = start.as_deref();
    let mut all = entries.skip_while(|entry| after.is_some_and(|start| *place(entry) < *start));
    let mut shown: Vec<Arc<Entry>> = Vec::new();
    let mut next = None;
    let mut remaining = 0;
    for entry in all.by_ref() {
        // A full page goes on wherever there is more, chosen or not: a server has not looked at that yet.
        if shown.len() == limit {
            next = Some(place(entry));
            remaining = 1;
            break;
        }
        if selection.matches(entry) {
            shown.push(Arc::clone(entry));
        }
    }
    remaining += all.count();
    let next = next.map(|start| {
        token(&Token {
            v: "meta.k8s.io/v1".to_owned(),
            rv: version as i64,
            start,
        })
    });
    Ok(Page {
        version,
        remaining: (next.is_some() && selection.is_everything()).then_some(remaining),
        next: next.unwrap_or_default(),
        entries: shown,
    })
}

/// An object's key below its resource, in the order of the store.
fn place(entry: &Entry) -> String {
    format!("{}\u{0}{}", entry.namespace, entry.name)
}

fn token(token: &Token) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(token).unwrap_or_default())
}

/// The same place in a list, but with whatever there is now.
pub fn without_version(text: &str) -> Option<String> {
    let read = decode(text).ok()?;
    Some(token(&Token { rv: -1, ..read }))
}

fn decode(text: &str) -> Result<Token, String> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text.trim_end_matches('='))
        .map_err(|error| error.to_string())?;
    serde_json::from_slice(&bytes).map_err(|error| patch::undecodable(&bytes, &error))
}

fn go_on(store: &Store, call: &Call, text: &str) -> Result<(u64, Option<String>), Refusal> {
    let read = decode(text).map_err(|why| {
        Refusal::bad_request(format!(
            "invalid continue token: continue key is not valid: {why}"
        ))
    })?;
    if call
        .query
        .get("resourceVersion")
        .is_some_and(|version| version != "0")
    {
        return Err(Refusal::bad_request(
            "specifying resource version is not allowed when using continue",
        ));
    }
    let version = match u64::try_from(read.rv) {
        // A list that has lost its version goes on with what there is now.
        Err(_) => store.version(),
        Ok(version) if version < store.compacted() => {
            let mut refusal = Refusal::new(
                410,
                "Expired",
                "The provided continue parameter is too old to display a consistent list result. You can start a new \
                 list without the continue parameter, or use the continue token in this response to retrieve the \
                 remainder of the results. Continuing with the provided token results in an inconsistent list - \
                 objects that were created, modified, or deleted between the time the first chunk was returned and \
                 now may show up in the list.",
            );
            refusal.go_on = Some(token(&Token { rv: -1, ..read }));
            return Err(refusal);
        }
        Ok(version) => version,
    };
    Ok((version, Some(read.start)))
}

/// Which version a list is to be of: the newest, save where exactly one is asked for
/// (kubernetes.io/docs/reference/using-api/api-concepts, "Semantics for get and list").
fn version_asked(store: &Store, call: &Call) -> Result<u64, Refusal> {
    let newest = store.version();
    let asked = version(call)?;
    let how = call.query.get("resourceVersionMatch");
    check_match(asked, how)?;
    let Some(asked) = asked else {
        return Ok(newest);
    };
    if asked > newest {
        return Err(too_new(asked, newest));
    }
    match how {
        Some("Exact") if asked < store.compacted() => {
            let what = "The resourceVersion for the provided list is too old.";
            Err(Refusal::new(410, "Expired", what))
        }
        Some("Exact") => Ok(asked),
        _ => Ok(newest),
    }
}

/// Which versions can be asked for in which way (`k8s.io/apimachinery/pkg/apis/meta/internalversion/validation`).
fn check_match(asked: Option<u64>, how: Option<&str>) -> Result<(), Refusal> {
    let field = "resourceVersionMatch";
    let fault = match (how, asked) {
        (None, _) | (Some("NotOlderThan"), Some(_)) => return Ok(()),
        (Some("Exact"), Some(asked)) if asked > 0 => return Ok(()),
        (Some("Exact"), Some(_)) => Fault::forbidden(
            field,
            "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"",
        ),
        (Some("Exact" | "NotOlderThan"), None) => Fault::forbidden(
            field,
            "resourceVersionMatch is forbidden unless resourceVersion is provided",
        ),
        (Some(other), _) => {
            Fault::unsupported(field, &json!(other), &["Exact", "NotOlderThan", ""])
        }
    };
    Err(Refusal::invalid_options("ListOptions", &[fault]))
}

/// The version that is asked for, 0 and nothing being the same here.
pub fn version(call: &Call) -> Result<Option<u64>, Refusal> {
    let Some(text) = call.query.get("resourceVersion") else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| {
        let what = format!("invalid resource version: resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");
        Refusal::bad_request(what)
    })
}

fn too_new(asked: u64, newest: u64) -> Refusal {
    let what = format!("Timeout: Too large resource version: {asked}, current: {newest}");
    let mut refusal = Refusal::new(504, "Timeout", what);
    refusal.details = json!({
        "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
        "retryAfterSeconds": 1,
    });
    refusal
}

/// The objects as they were: today's, with the changes since taken back.
fn as_of(store: &Store, call: &Call, version: u64) -> BTreeMap<String, Arc<Entry>> {
    let mut objects: BTreeMap<String, Arc<Entry>> = store
        .list(call.resource, call.within())
        .map(|entry| (place(entry), Arc::clone(entry)))
        .collect();
    let changes = store.since(version).into_iter().flatten().rev();
    let here = |entry: &Entry| {
        std::ptr::eq(entry.resource, call.resource)
            && call
                .within()
                .is_none_or(|within| *entry.namespace == *within)
    };
    for change in changes.filter(|change| here(&change.after)) {
        match &change.before {
            Some(before) => objects.insert(place(before), Arc::clone(before)),
            None => objects.remove(&place(&change.after)),
        };
    }
    objects
}

/// The objects that are chosen by labels and fields.
pub fn selection(call: &Call) -> Result<Selection, Refusal> {
    let option = |name| call.query.get(name).unwrap_or_default();
    Selection::parse(
        call.resource,
        option("labelSelector"),
        option("fieldSelector"),
    )
}
