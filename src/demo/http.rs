//! Bodies of answers: JSON, text, or a stream that goes on; gzip for whoever asks and where it pays.

use std::{
    io::{self, Write as _},
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use futures::Stream;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;

use super::refusal::Refusal;

/// What is sent back.
pub type Body = UnsyncBoxBody<Bytes, io::Error>;
/// An answer.
pub type Answer = Response<Body>;

/// Smaller bodies are not worth compressing (`defaultGzipThresholdBytes` in `k8s.io/apiserver`).
const WORTH_IT: usize = 128 * 1024;

/// A whole body.
pub fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// Frames as they come.
pub fn stream(frames: impl Stream<Item = Result<Bytes, io::Error>> + Send + 'static) -> Body {
    use futures::StreamExt as _;
    StreamBody::new(frames.map(|bytes| bytes.map(Frame::data))).boxed_unsync()
}

/// The receiving end of a channel as a stream.
pub struct Lines(pub UnboundedReceiver<Result<Bytes, io::Error>>);

impl Stream for Lines {
    type Item = Result<Bytes, io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx)
    }
}

/// An answer with this content type.
pub fn answer(code: u16, kind: &'static str, body: Body) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, private"),
    );
    answer
}

/// An object.
pub fn object(code: u16, object: &Value) -> Answer {
    answer(code, "application/json", whole(object.to_string()))
}

/// A `Status` that says no.
pub fn refusal(refusal: &Refusal) -> Answer {
    let mut answer = object(refusal.code, &refusal.status());
    if let Some(seconds) = refusal.details["retryAfterSeconds"].as_u64() {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    answer
}

/// JSON in pieces, put together or compressed for one who understands it.
pub fn pieces(pieces: &[Bytes], asked: &HeaderMap) -> Answer {
    let size: usize = pieces.iter().map(Bytes::len).sum();
    let gzip = asked
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("gzip"));
    if !gzip || size < WORTH_IT {
        return answer(200, "application/json", whole(join(pieces, size)));
    }
    let mut packed = GzEncoder::new(Vec::with_capacity(size / 8), Compression::fast());
    let done = pieces
        .iter()
        .try_for_each(|piece| packed.write_all(piece))
        .and_then(|()| packed.finish());
    let Ok(packed) = done else {
        return answer(200, "application/json", whole(join(pieces, size)));
    };
    let mut answer = answer(200, "application/json", whole(packed));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    answer
}

fn join(pieces: &[Bytes], size: usize) -> Vec<u8> {
    let mut all = Vec::with_capacity(size);
    for piece in pieces {
        all.extend_from_slice(piece);
    }
    all
}
