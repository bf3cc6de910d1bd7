//! Cuts a JSON body into the objects in it while it arrives, so that no more than one object is ever held.
//!
//! ```text
//!  a list   {"kind":"PodList","metadata":{…},"items":[ {…}, {…}, … ]}    the elements of `items`; the rest is the head
//!  a watch  {"type":"ADDED","object":{…}} {"type":…}                     each object
//! ```

use memchr::memchr2;

/// What kind of body is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The elements of the array `items` of one object.
    List,
    /// The elements of the array `rows` of one object.
    Rows,
    /// Objects one after another.
    Stream,
}

/// A head longer than this is no list's.
const HEAD: usize = 64 * 1024;
/// One object; etcd holds no larger one than 1.5 MiB by default, and a few MiB when configured otherwise.
const OBJECT: usize = 32 * 1024 * 1024;
/// A buffer is kept for the next object up to this size: one huge object must not cost its memory for as long as a watch.
const KEPT: usize = 256 * 1024;

/// The body is not JSON, or not what it should be.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub &'static str);

/// State of the cut.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what the last byte was, what it is within, and what it is the key of are independent"
)]
#[derive(Debug)]
pub struct Splitter {
    shape: Shape,
    /// Bytes of the object that has begun.
    object: Vec<u8>,
    /// Everything of a list but its items.
    head: Vec<u8>,
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// Where the string at depth 1 began in `head`, to know the key `items`.
    key: usize,
    items_next: bool,
    in_items: bool,
}

impl Splitter {
    /// At the beginning of a body.
    pub fn new(shape: Shape) -> Self {
        Self {
            shape,
            object: Vec::new(),
            head: Vec::new(),
            depth: 0,
            in_string: false,
            escaped: false,
            key: 0,
            items_next: false,
            in_items: false,
        }
    }

    /// Depth at which an object begins.
    fn floor(&self) -> usize {
        match self.shape {
            Shape::Stream => 0,
            Shape::List | Shape::Rows if self.in_items => 2,
            Shape::List | Shape::Rows => usize::MAX,
        }
    }

    /// Takes the next bytes of the body and hands on every object that is complete.
    pub fn push<E: From<Broken>>(
        &mut self,
        chunk: &[u8],
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut at = 0;
        // The part of the chunk from here on belongs to the object that has begun.
        let mut from = 0;
        while at < chunk.len() {
            let inside = self.depth > self.floor();
            if self.in_string {
                let end = self.string(&chunk[at..]);
                if !inside && self.shape != Shape::Stream {
                    self.keep(&chunk[at..at + end])?;
                }
                at += end;
                if !inside && !self.in_string && self.depth == 1 {
                    let items: &[u8] = if self.shape == Shape::Rows {
                        b"rows"
                    } else {
                        b"items"
                    };
                    self.items_next = self.head[self.key..].strip_suffix(b"\"") == Some(items);
                }
                continue;
            }
            if inside {
                at += self.within(&chunk[at..], self.floor());
                if at == chunk.len() {
                    break;
                }
            }
            let byte = chunk[at];
            at += 1;
            match byte {
                b'"' => {
                    self.in_string = true;
                    self.key = self.head.len() + 1;
                }
                b'{' | b'[' => {
                    if self.depth == self.floor() {
                        if byte == b'[' {
                            return Err(Broken("an array where an object should be").into());
                        }
                        from = at - 1;
                    }
                    self.depth += 1;
                    if byte == b'['
                        && self.depth == 2
                        && self.items_next
                        && self.shape != Shape::Stream
                    {
                        self.in_items = true;
                        self.keep(b"[")?;
                        continue;
                    }
                }
                b'}' | b']' => {
                    self.depth = self
                        .depth
                        .checked_sub(1)
                        .ok_or(Broken("brackets that do not fit"))?;
                    if self.depth == self.floor() && byte == b'}' {
                        if self.object.is_empty() {
                            each(&chunk[from..at])?;
                        } else {
                            self.object.extend_from_slice(&chunk[from..at]);
                            let mut object = std::mem::take(&mut self.object);
                            each(&object)?;
                            if object.capacity() <= KEPT {
                                object.clear();
                                self.object = object;
                            }
                        }
                        from = at;
                        continue;
                    }
                    if self.in_items && self.depth == 1 {
                        self.in_items = false;
                    }
                }
                b',' if self.in_items && self.depth == 2 => continue,
                _ => {}
            }
            if self.depth <= self.floor() && !(self.in_items && inside) {
                match self.shape {
                    Shape::List | Shape::Rows => self.keep(&[byte])?,
                    Shape::Stream if byte.is_ascii_whitespace() || byte == b'{' => {}
                    Shape::Stream => {
                        return Err(Broken("text where a JSON object should be").into());
                    }
                }
            }
        }
        if self.depth > self.floor() {
            self.object.extend_from_slice(&chunk[from..]);
            if self.object.len() > OBJECT {
                return Err(Broken("an object of more than 32 MiB").into());
            }
        }
        Ok(())
    }

    /// Whether the body may end here.
    pub fn at_rest(&self) -> bool {
        self.depth == 0 && !self.in_string
    }

    /// Everything of a list but its items, as JSON with an empty `items`.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Goes to the bracket that ends the object, or to the end of the bytes: most of all bytes pass here.
    fn within(&mut self, bytes: &[u8], floor: usize) -> usize {
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => {
                    self.in_string = true;
                    at += self.string(&bytes[at + 1..]);
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth == floor + 1 => return at,
                b'}' | b']' => self.depth -= 1,
                _ => {}
            }
            at += 1;
        }
        at
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        self.head.extend_from_slice(bytes);
        if self.head.len() > HEAD {
            Err(Broken("a list whose head has no end"))
        } else {
            Ok(())
        }
    }

    /// Goes to the end of the string, or of the bytes; says how many bytes that were.
    fn string(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            if self.escaped {
                self.escaped = false;
                at += 1;
                continue;
            }
            let Some(found) = memchr2(b'"', b'\\', &bytes[at..]) else {
                return bytes.len();
            };
            at += found + 1;
            if bytes[at - 1] == b'"' {
                self.in_string = false;
                return at;
            }
            self.escaped = true;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(shape: Shape, body: &[u8], size: usize) -> Result<(Vec<String>, String, bool), Broken> {
        let mut splitter = Splitter::new(shape);
        let mut found = Vec::new();
        for chunk in body.chunks(size) {
            splitter.push(chunk, |object| {
                found.push(String::from_utf8_lossy(object).into_owned());
                Ok::<(), Broken>(())
            })?;
        }
        let head = String::from_utf8_lossy(splitter.head()).into_owned();
        Ok((found, head, splitter.at_rest()))
    }

    #[test]
    fn a_list_in_pieces_of_every_size() {
        let body = br#"{"kind":"items","metadata":{"items":[{"no":1}],"resourceVersion":"7"},"items":[{"a":"}]\"{"},{"b":[{"items":[1]}]} , {}],"x":[{"y":1}]}"#;
        for size in 1..=body.len() {
            let (items, head, rest) = cut(Shape::List, body, size).unwrap_or_default();
            assert_eq!(
                items,
                [r#"{"a":"}]\"{"}"#, r#"{"b":[{"items":[1]}]}"#, "{}"],
                "{size}"
            );
            let head: serde_json::Value = serde_json::from_str(&head).unwrap_or_default();
            assert_eq!(head["metadata"]["resourceVersion"], "7", "{size}");
            assert_eq!(head["items"], serde_json::json!([]));
            assert!(rest);
        }
    }

    #[test]
    fn an_empty_list_and_a_null_one() {
        for body in [r#"{"items":[],"metadata":{}}"#, r#"{"items":null}"#, "{}"] {
            let (items, head, rest) = cut(Shape::List, body.as_bytes(), 3).unwrap_or_default();
            assert_eq!((items.len(), head.as_str(), rest), (0, body, true));
        }
    }

    #[test]
    fn a_watch_in_pieces_of_every_size() {
        let body = "{\"type\":\"ADDED\",\"object\":{\"n\":\"카페\\\\\"}}\n{\"type\":\"X\"}\n";
        for size in 1..=body.len() {
            let (events, _, rest) = cut(Shape::Stream, body.as_bytes(), size).unwrap_or_default();
            assert_eq!(events.join("\n") + "\n", body, "{size}");
            assert!(rest);
        }
        assert!(!cut(Shape::Stream, b"{\"type\":", 4).unwrap_or_default().2);
    }

    #[test]
    fn what_is_no_json_is_broken() {
        for body in ["<html>", "upstream connect error", "]", "[1]"] {
            assert!(cut(Shape::Stream, body.as_bytes(), 64).is_err(), "{body}");
        }
    }
}
