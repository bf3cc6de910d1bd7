//! What is behind a port of a pod: a tiny server made of nothing but a function on bytes.

use bytes::{Buf as _, Bytes, BytesMut};

use super::facts::Facts;
use crate::demo::object;

/// A request's head is never longer.
const LONGEST_HEAD: usize = 64 << 10;

/// What a port says to something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// What it sends.
    pub bytes: Bytes,
    /// Whether it then closes.
    pub ends: bool,
}

/// Protocols by their usual ports. Everything else is taken for HTTP.
const PROTOCOLS: &[(u16, Speaks)] = &[
    (5432, Speaks::Postgres),
    (6379, Speaks::Redis),
    (3306, Speaks::Nothing),
    (4222, Speaks::Nothing),
    (5672, Speaks::Nothing),
    (9092, Speaks::Nothing),
    (27017, Speaks::Nothing),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaks {
    Http,
    Redis,
    Postgres,
    /// It closes at once.
    Nothing,
}

/// One connection to one port.
#[derive(Debug)]
pub struct Conversation {
    port: u16,
    speaks: Speaks,
    input: BytesMut,
    /// Of a request's body: how much is still to come.
    body: Body,
}

#[derive(Debug)]
enum Body {
    None,
    Bytes(usize),
    Chunks,
    /// Within a chunk: how much of it is still to come, its line end included.
    Chunk(usize),
}

impl Conversation {
    /// Connects to a port, which may have something to say first. The error is the runtime's sentence about a port that nobody
    /// listens on.
    pub fn with(facts: &Facts, port: u16) -> Result<(Self, Answer), String> {
        if !facts.ports.contains(&port) {
            return Err(refused(facts, port));
        }
        let known = PROTOCOLS.iter().find(|(usual, _)| *usual == port);
        let speaks = known.map_or(Speaks::Http, |(_, speaks)| *speaks);
        let conversation = Self {
            port,
            speaks,
            input: BytesMut::new(),
            body: Body::None,
        };
        let answer = Answer {
            ends: speaks == Speaks::Nothing,
            ..Answer::default()
        };
        Ok((conversation, answer))
    }

    /// Takes what the client sends. `now` is in milliseconds since the epoch.
    pub fn hear(&mut self, bytes: &[u8], facts: &Facts, now: i64) -> Answer {
        self.input.extend_from_slice(bytes);
        match self.speaks {
            Speaks::Http => self.http(facts, now),
            Speaks::Redis => self.redis(facts),
            Speaks::Postgres => self.postgres(),
            Speaks::Nothing => Answer {
                ends: true,
                ..Answer::default()
            },
        }
    }

    fn http(&mut self, facts: &Facts, now: i64) -> Answer {
        let mut out = BytesMut::new();
        let mut ends = false;
        while !ends && self.skip_body() {
            let Some(end) = find(&self.input, b"\r\n\r\n") else {
                ends = self.input.len() > LONGEST_HEAD;
                break;
            };
            let head = self.input.split_to(end + 4);
            let head = String::from_utf8_lossy(&head);
            let Some(mut request) = Request::of(&head) else {
                out.extend_from_slice(&response(now, 400, "text/plain", "bad request\n", false));
                ends = true;
                break;
            };
            self.body = std::mem::replace(&mut request.body, Body::None);
            ends = request.closes;
            let (code, kind, text) = page(facts, self.port, &request, now);
            let mut answer = response(now, code, kind, &text, !request.closes);
            if request.method == "HEAD" {
                answer.truncate(answer.len() - text.len());
            }
            if request.waits {
                out.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
            }
            out.extend_from_slice(&answer);
        }
        Answer {
            bytes: out.freeze(),
            ends,
        }
    }

    /// Passes over what is left of a request's body; whether it is through.
    fn skip_body(&mut self) -> bool {
        loop {
            match &mut self.body {
                Body::None => return true,
                Body::Bytes(left) | Body::Chunk(left) => {
                    let count = (*left).min(self.input.len());
                    self.input.advance(count);
                    *left -= count;
                    if *left > 0 {
                        return false;
                    }
                    self.body = match self.body {
                        Body::Chunk(_) => Body::Chunks,
                        _ => Body::None,
                    };
                }
                Body::Chunks => {
                    let Some(end) = find(&self.input, b"\r\n") else {
                        return false;
                    };
                    let line = self.input.split_to(end + 2);
                    let line = String::from_utf8_lossy(&line);
                    let digits = line.split(';').next().unwrap_or_default().trim();
                    self.body = match usize::from_str_radix(digits, 16) {
                        Ok(size @ 1..) => Body::Chunk(size.saturating_add(2)),
                        // The empty line after the last chunk.
                        _ => Body::Bytes(2),
                    };
                }
            }
        }
    }

    fn redis(&mut self, facts: &Facts) -> Answer {
        let mut out = String::new();
        while let Some(words) = self.redis_command() {
            let verb = words
                .first()
                .map(|word| word.to_ascii_uppercase())
                .unwrap_or_default();
            match (verb.as_str(), words.get(1)) {
                ("PING", None) => out.push_str("+PONG\r\n"),
                ("PING" | "ECHO", Some(text)) => out.push_str(&bulk(text)),
                ("INFO", _) => out.push_str(&bulk(&format!(
                    "# Server\r\nredis_mode:standalone\r\ntcp_port:{}\r\nhostname:{}\r\n# Keyspace\r\n",
                    self.port, facts.hostname
                ))),
                ("DBSIZE", _) => out.push_str(":0\r\n"),
                ("GET", Some(_)) => out.push_str("$-1\r\n"),
                ("KEYS" | "COMMAND", _) => out.push_str("*0\r\n"),
                ("QUIT", _) => {
                    out.push_str("+OK\r\n");
                    return Answer {
                        bytes: out.into(),
                        ends: true,
                    };
                }
                _ => out.extend(["-ERR unknown command '", &verb, "'\r\n"]),
            }
        }
        Answer {
            bytes: out.into(),
            ends: self.input.len() > LONGEST_HEAD,
        }
    }

    /// The next command, inline or as an array of bulk strings.
    fn redis_command(&mut self) -> Option<Vec<String>> {
        let mut at = 0;
        let line = |input: &[u8], at: &mut usize| {
            let length = find(&input[*at..], b"\n")?;
            let line = String::from_utf8_lossy(&input[*at..*at + length]);
            let line = line.trim_end().to_owned();
            *at += length + 1;
            Some(line)
        };
        let first = line(&self.input, &mut at)?;
        let words = match first.strip_prefix('*') {
            None => first.split_whitespace().map(str::to_owned).collect(),
            Some(count) => {
                let mut words = Vec::new();
                for _ in 0..count.parse::<usize>().unwrap_or_default().min(1024) {
                    let size = line(&self.input, &mut at)?;
                    let size: usize = size.trim_start_matches('$').parse().unwrap_or_default();
                    let word = self.input.get(at..at.checked_add(size)?)?;
                    words.push(String::from_utf8_lossy(word).into_owned());
                    at += size + 2;
                    if at > self.input.len() {
                        return None;
                    }
                }
                words
            }
        };
        self.input.advance(at);
        Some(words)
    }

    /// Says no to TLS, and then why nobody can log in.
    fn postgres(&mut self) -> Answer {
        const ASKS_FOR_TLS: [u32; 2] = [80_877_103, 80_877_104];
        let mut out = BytesMut::new();
        while self.input.len() >= 8 {
            let mut head = &self.input[..];
            let length = head.get_u32() as usize;
            let code = head.get_u32();
            if length == 8 && ASKS_FOR_TLS.contains(&code) {
                self.input.advance(8);
                out.extend_from_slice(b"N");
                continue;
            }
            let fields = "SFATAL\0VFATAL\0C57P03\0Mthis cluster is simulated: there is no database behind this port\0\0";
            out.extend_from_slice(b"E");
            out.extend_from_slice(&(fields.len() as u32 + 4).to_be_bytes());
            out.extend_from_slice(fields.as_bytes());
            return Answer {
                bytes: out.freeze(),
                ends: true,
            };
        }
        Answer {
            bytes: out.freeze(),
            ends: false,
        }
    }
}

/// What containerd says of a port that nobody listens on.
fn refused(facts: &Facts, port: u16) -> String {
    let digits = facts.uid.replace('-', "");
    let sandbox = digits.repeat(2);
    format!(
        "error forwarding port {port} to pod {sandbox}, uid : failed to execute portforward in network namespace \
         \"/var/run/netns/cni-{}\": failed to connect to localhost:{port} inside namespace \"{sandbox}\", \
         IPv4: dial tcp4 127.0.0.1:{port}: connect: connection refused IPv6 dial tcp6 [::1]:{port}: connect: connection refused ",
        facts.uid
    )
}

struct Request {
    method: String,
    path: String,
    body: Body,
    closes: bool,
    /// It sends its body only when told to go on.
    waits: bool,
}

impl Request {
    fn of(head: &str) -> Option<Self> {
        let mut lines = head.split("\r\n");
        let mut first = lines.next()?.split(' ');
        let (method, target, version) = (first.next()?, first.next()?, first.next()?);
        if !version.starts_with("HTTP/1.") || method.is_empty() {
            return None;
        }
        let mut request = Self {
            method: method.to_owned(),
            path: target.split('?').next().unwrap_or_default().to_owned(),
            body: Body::None,
            closes: version == "HTTP/1.0",
            waits: false,
        };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim().to_ascii_lowercase();
            match name.trim().to_ascii_lowercase().as_str() {
                "content-length" => request.body = Body::Bytes(value.parse().ok()?),
                "transfer-encoding" if value.contains("chunked") => request.body = Body::Chunks,
                "connection" if value.contains("close") => request.closes = true,
                "connection" if value.contains("keep-alive") => request.closes = false,
                "expect" => request.waits = value == "100-continue",
                _ => {}
            }
        }
        Some(request)
    }
}

/// Code, media type and text of a page.
fn page(facts: &Facts, port: u16, request: &Request, now: i64) -> (u16, &'static str, String) {
    const PLAIN: &str = "text/plain; charset=utf-8";
    match request.path.as_str() {
        "/healthz" | "/livez" | "/readyz" | "/health" => (200, PLAIN, "ok\n".to_owned()),
        "/metrics" => {
            let seconds = (now - facts.started).max(0) / 1_000;
            let text = format!(
                "# HELP process_start_time_seconds Start time of the process since unix epoch in seconds.\n\
                 # TYPE process_start_time_seconds gauge\n\
                 process_start_time_seconds {}\n\
                 # HELP process_uptime_seconds Seconds since the process started.\n\
                 # TYPE process_uptime_seconds counter\n\
                 process_uptime_seconds{{pod=\"{}\"}} {seconds}\n",
                facts.started / 1_000,
                facts.pod
            );
            (200, "text/plain; version=0.0.4; charset=utf-8", text)
        }
        "/favicon.ico" => (404, PLAIN, "not found\n".to_owned()),
        path => {
            let text = format!(
                "{} {path}\npod: {}\nnamespace: {}\nport: {port}\ntime: {}\n",
                request.method,
                facts.pod,
                facts.namespace,
                object::time(now)
            );
            (200, PLAIN, text)
        }
    }
}

fn response(now: i64, code: u16, kind: &str, text: &str, stays: bool) -> Vec<u8> {
    let reason = match code {
        200 => "OK",
        404 => "Not Found",
        _ => "Bad Request",
    };
    let date = jiff::Timestamp::from_millisecond(now)
        .unwrap_or_default()
        .strftime("%a, %d %b %Y %H:%M:%S GMT");
    let connection = if stays { "keep-alive" } else { "close" };
    format!(
        "HTTP/1.1 {code} {reason}\r\nDate: {date}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: {connection}\r\n\r\n{text}",
        text.len()
    )
    .into_bytes()
}

fn bulk(text: &str) -> String {
    format!("${}\r\n{text}\r\n", text.len())
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, needle)
}

#[cfg(test)]
#[path = "responder_tests.rs"]
mod tests;
