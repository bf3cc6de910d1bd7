//! Commands that would use a network: the pod's own ports answer, nothing else is reached.

use super::{Call, Done, has, now, value_of};
use crate::demo::streams::responder::Conversation;

/// A URL's parts, as far as anybody writes them here.
struct Target {
    host: String,
    port: u16,
    path: String,
    shown: String,
}

impl Target {
    fn of(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let (place, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let usual = if scheme == "https" { 443 } else { 80 };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().unwrap_or(usual)),
            None => (place, usual),
        };
        Self {
            host: host.to_owned(),
            port,
            path: path.to_owned(),
            shown: place.to_owned(),
        }
    }
}

/// What became of a request.
enum Fetched {
    /// Status line and headers, and the body.
    Answer(String, String),
    Unknown,
    Refused,
    /// It is there and says nothing: a name of the cluster.
    Silent,
    /// Something came back that is no HTTP.
    Foreign,
}

fn is_own(call: &Call, host: &str) -> bool {
    let facts = &call.shell.world.facts;
    ["localhost", "127.0.0.1", "[::1]"].contains(&host)
        || host == facts.ip
        || host == facts.hostname
}

/// Names that the cluster's DNS would know.
fn is_of_cluster(host: &str) -> bool {
    let ends = |end: &str| host.strip_suffix(end).is_some();
    host.starts_with("kubernetes") || ends(".svc") || ends(".cluster.local")
}

fn fetch(call: &Call, target: &Target, method: &str) -> Fetched {
    if !is_own(call, &target.host) {
        let is_address = target
            .host
            .chars()
            .all(|letter| letter.is_ascii_digit() || letter == '.');
        return if is_address || is_of_cluster(&target.host) {
            Fetched::Silent
        } else {
            Fetched::Unknown
        };
    }
    let facts = &call.shell.world.facts;
    let Ok((mut talk, first)) = Conversation::with(facts, target.port) else {
        return Fetched::Refused;
    };
    if first.ends {
        return Fetched::Foreign;
    }
    let request = format!(
        "{method} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        target.path, target.shown
    );
    let answer = talk.hear(request.as_bytes(), facts, now() * 1_000);
    let text = String::from_utf8_lossy(&answer.bytes).into_owned();
    match text.split_once("\r\n\r\n") {
        Some((head, body)) if head.starts_with("HTTP/") => {
            Fetched::Answer(head.to_owned(), body.to_owned())
        }
        _ => Fetched::Foreign,
    }
}

pub(super) fn curl(call: &mut Call) -> Done {
    let (options, words) = call.options("XHdomwuA");
    let Some(url) = words.iter().find(|word| !word.starts_with("--")) else {
        return call.fail(2, "try 'curl --help' for more information");
    };
    let target = Target::of(url);
    let head_only = has(&options, 'I');
    let method = value_of(&options, 'X').unwrap_or(if head_only {
        "HEAD"
    } else if has(&options, 'd') {
        "POST"
    } else {
        "GET"
    });
    let fetched = fetch(call, &target, method);
    let silent = has(&options, 's') && !has(&options, 'S');
    let mut fail = |code: u8, why: String| {
        if silent {
            Ok(code)
        } else {
            call.fail(code, &format!("({code}) {why}"))
        }
    };
    let Target { host, port, .. } = &target;
    let (head, body) = match fetched {
        Fetched::Answer(head, body) => (head, body),
        Fetched::Unknown => return fail(6, format!("Could not resolve host: {host}")),
        Fetched::Refused => {
            return fail(
                7,
                format!(
                    "Failed to connect to {host} port {port} after 0 ms: Could not connect to server"
                ),
            );
        }
        Fetched::Silent => {
            return fail(
                28,
                format!(
                    "Failed to connect to {host} port {port}: there is no network in this simulated container"
                ),
            );
        }
        Fetched::Foreign => return fail(52, "Empty reply from server".to_owned()),
    };
    if head_only || has(&options, 'i') || has(&options, 'v') {
        call.say(&format!("{head}\r\n\r\n"))?;
    }
    match value_of(&options, 'o') {
        Some(path) if path != "-" => match call.shell.create(path, false) {
            Ok(file) => {
                let now = now();
                file.write(body.as_bytes(), now)?;
            }
            Err(why) => return call.fail(23, &format!("Failed to open {path}: {why}")),
        },
        _ => call.say(&body)?,
    }
    Ok(0)
}

pub(super) fn wget(call: &mut Call) -> Done {
    let (options, words) = call.options("OTt");
    let Some(url) = words.iter().find(|word| !word.starts_with("--")) else {
        return call.fail(1, "missing URL");
    };
    let target = Target::of(url);
    let Target {
        host, port, shown, ..
    } = &target;
    let address = if is_own(call, host) {
        "127.0.0.1"
    } else {
        host
    };
    let fetched = fetch(call, &target, "GET");
    if matches!(fetched, Fetched::Unknown) {
        return call.fail(1, &format!("bad address '{shown}'"));
    }
    if !has(&options, 'q') {
        call.io
            .complain(&format!("Connecting to {shown} ({address}:{port})"))?;
    }
    let body = match fetched {
        Fetched::Answer(head, body) if head.contains(" 200 ") => body,
        Fetched::Answer(head, _) => {
            let line = head.lines().next().unwrap_or_default().to_owned();
            return call.fail(1, &format!("server returned error: {line}"));
        }
        Fetched::Refused => {
            return call.fail(
                1,
                &format!("can't connect to remote host ({address}): Connection refused"),
            );
        }
        Fetched::Foreign => return call.fail(1, "error getting response"),
        Fetched::Silent | Fetched::Unknown => {
            return call.fail(
                1,
                &format!("can't connect to remote host ({address}): Network is unreachable"),
            );
        }
    };
    let own = target
        .path
        .rsplit('/')
        .next()
        .filter(|name| !name.is_empty());
    let path = value_of(&options, 'O').unwrap_or(own.unwrap_or("index.html"));
    if path == "-" {
        call.say(&body)?;
        return Ok(0);
    }
    match call.shell.create(path, false) {
        Ok(file) => {
            let now = now();
            file.write(body.as_bytes(), now)?;
            if !has(&options, 'q') {
                call.io
                    .complain(&format!("saving to '{path}'\n'{path}' saved"))?;
            }
            Ok(0)
        }
        Err(why) => call.fail_at(path, why),
    }
}

pub(super) fn nslookup(call: &mut Call) -> Done {
    let name = call.argument(0).trim_end_matches('.').to_owned();
    let namespace = call.shell.world.facts.namespace.clone();
    call.say("Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n")?;
    let full = match name.split('.').collect::<Vec<_>>().as_slice() {
        [one] => format!("{one}.{namespace}.svc.cluster.local"),
        [_, _] => format!("{name}.svc.cluster.local"),
        [.., "svc"] => format!("{name}.cluster.local"),
        _ => name.clone(),
    };
    let address = match full.strip_suffix(".svc.cluster.local") {
        Some("kubernetes.default") => Some("10.96.0.1".to_owned()),
        Some("kube-dns.kube-system") => Some("10.96.0.10".to_owned()),
        _ if is_own(call, &name) => Some(call.shell.world.facts.ip.clone()),
        // Its environment names the Services of a pod's own namespace.
        Some(service) => {
            let service = service.split('.').next().unwrap_or_default();
            let variable = format!("{}_SERVICE_HOST", service.to_uppercase().replace('-', "_"));
            call.shell.variable(&variable).map(str::to_owned)
        }
        None => None,
    };
    let Some(address) = address else {
        call.say(&format!("** server can't find {full}: NXDOMAIN\n\n"))?;
        return Ok(1);
    };
    call.say(&format!("Name:\t{full}\nAddress: {address}\n\n"))?;
    Ok(0)
}
