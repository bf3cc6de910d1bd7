//! Who a request is from: a bearer token, and whom its owner wants to be.
//!
//! After `k8s.io/apiserver/pkg/endpoints/filters/impersonation`.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, header::AUTHORIZATION};

use super::{
    ANONYMOUS, AUTHENTICATED, Ask, MASTERS, UNAUTHENTICATED, User, bindings::service_account, check,
};
use crate::demo::{refusal::Refusal, state::State};

/// The tokens that are known, and whose they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens(BTreeMap<String, User>);

/// The people of the demo, and their groups.
pub const PEOPLE: [(&str, &[&str]); 4] = [
    ("admin", &[MASTERS]),
    ("developer", &["developers"]),
    ("viewer", &["viewers"]),
    ("nobody", &[]),
];

impl Tokens {
    /// The people of the demo, each with a token that nobody can guess.
    pub fn new() -> Self {
        let random = rustls::crypto::ring::default_provider().secure_random;
        let mut tokens = Self(BTreeMap::new());
        for (name, groups) in PEOPLE {
            let mut bytes = [0; 24];
            // A machine without chance has no TLS either, and then no one gets this far.
            if random.fill(&mut bytes).is_ok() {
                tokens.add(&URL_SAFE_NO_PAD.encode(bytes), User::new(name, groups));
            }
        }
        tokens
    }

    /// The token of one of them.
    pub fn of(&self, name: &str) -> Option<&str> {
        let (token, _) = self.0.iter().find(|(_, user)| user.name == name)?;
        Some(token)
    }

    /// Lets somebody in by one more token.
    pub fn add(&mut self, token: &str, user: User) {
        self.0.insert(token.to_owned(), user);
    }
}

/// Who a request is from. Without a token it is from nobody in particular; one that is not known is refused.
pub fn who(state: &State, headers: &HeaderMap, tokens: &Tokens) -> Result<User, Refusal> {
    let user = match headers.get(AUTHORIZATION) {
        None => anonymous(),
        Some(value) => {
            let words: Vec<&str> = value.to_str().unwrap_or("").split_whitespace().collect();
            match words.as_slice() {
                [scheme, token] if scheme.eq_ignore_ascii_case("bearer") => tokens
                    .0
                    .get(*token)
                    .cloned()
                    .ok_or_else(|| Refusal::new(401, "Unauthorized", "Unauthorized"))?,
                _ => anonymous(),
            }
        }
    };
    impersonate(state, headers, user)
}

fn anonymous() -> User {
    User {
        name: ANONYMOUS.to_owned(),
        groups: vec![UNAUTHENTICATED.to_owned()],
        ..User::default()
    }
}

const EXTRA: &str = "impersonate-extra-";

/// Whom a user wants to be, if they may.
pub fn impersonate(state: &State, headers: &HeaderMap, user: User) -> Result<User, Refusal> {
    let text = |value: &http::HeaderValue| value.to_str().unwrap_or("").to_owned();
    let one = |name: &str| headers.get(name).map(text).filter(|text| !text.is_empty());
    let groups: Vec<String> = headers
        .get_all("impersonate-group")
        .iter()
        .map(text)
        .collect();
    let uid = one("impersonate-uid");
    let mut extra: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        if let Some(key) = name.as_str().strip_prefix(EXTRA) {
            extra.entry(unescape(key)).or_default().push(text(value));
        }
    }
    let Some(name) = one("impersonate-user") else {
        if groups.is_empty() && uid.is_none() && extra.is_empty() {
            return Ok(user);
        }
        let mut asked: Vec<String> = groups
            .iter()
            .map(|group| format!("{{Group  {group}    }}"))
            .collect();
        for (key, values) in &extra {
            let one = |value| format!("{{UserExtra  {value}  {AUTHENTICATION}/v1  {key}}}");
            asked.extend(values.iter().map(one));
        }
        asked.extend(uid.map(|uid| format!("{{UID  {uid}  {AUTHENTICATION}/v1  }}")));
        let asked = asked.join(" ");
        return Err(Refusal::bad_request(format!(
            "requested [{asked}] without impersonating a user"
        )));
    };

    let may = |group, resource, subresource, namespace, name| {
        let ask = Ask {
            verb: "impersonate",
            group,
            resource,
            subresource,
            namespace,
            name,
            path: "",
        };
        check(state, &user, &ask)
    };
    let mut known = groups.clone();
    match service_account(&name) {
        Some((namespace, account)) => {
            may("", "serviceaccounts", "", namespace, account)?;
            if groups.is_empty() {
                known.push("system:serviceaccounts".to_owned());
                known.push(format!("system:serviceaccounts:{namespace}"));
            }
        }
        None => may("", "users", "", "", &name)?,
    }
    for group in &groups {
        may("", "groups", "", "", group)?;
    }
    for (key, values) in &extra {
        for value in values {
            may(AUTHENTICATION, "userextras", key, "", value)?;
        }
    }
    if let Some(uid) = &uid {
        may(AUTHENTICATION, "uids", "", "", uid)?;
    }
    let has = |wanted: &str| known.iter().any(|group| group == wanted);
    if name == ANONYMOUS {
        if !has(UNAUTHENTICATED) {
            known.push(UNAUTHENTICATED.to_owned());
        }
    } else if !has(AUTHENTICATED) && !has(UNAUTHENTICATED) {
        known.push(AUTHENTICATED.to_owned());
    }
    Ok(User {
        name,
        groups: known,
        uid,
        extra,
    })
}

const AUTHENTICATION: &str = "authentication.k8s.io";

/// Percent-encoded bytes as what they stand for; as it is, where that is no text.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let code = after.get(..2).and_then(|code| {
            let code = std::str::from_utf8(code).ok()?;
            u8::from_str_radix(code, 16).ok()
        });
        let Some(code) = code else {
            return text.to_owned();
        };
        bytes.push(code);
        rest = &after[2..];
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
