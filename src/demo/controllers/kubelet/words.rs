//! What runtimes and kubelets call things: whole names of images, ids, durations, and what they say of failures.

use serde_json::Value;

use crate::demo::{dice, object};

/// What containerd says of an image that is not there.
pub(super) fn pull_error(image: &str) -> String {
    let whole = whole_image(image);
    format!(
        "rpc error: code = NotFound desc = failed to pull and unpack image \"{whole}\": failed to resolve reference \"{whole}\": {whole}: not found"
    )
}

/// An image's name with its registry and tag, as a runtime writes it.
pub(super) fn whole_image(image: &str) -> String {
    let (first, rest) = image.split_once('/').unwrap_or(("", image));
    let named = if first.contains(['.', ':']) || first == "localhost" {
        image.to_owned()
    } else if first.is_empty() {
        format!("docker.io/library/{rest}")
    } else {
        format!("docker.io/{image}")
    };
    let last = named.rsplit('/').next().unwrap_or("");
    if last.contains([':', '@']) {
        named
    } else {
        format!("{named}:latest")
    }
}

pub(super) fn image_id(image: &str) -> String {
    let whole = whole_image(image);
    if whole.contains('@') {
        return whole;
    }
    let end = whole.rfind(':').unwrap_or(whole.len());
    format!("{}@sha256:{}", &whole[..end], hex(("image", &whole)))
}

/// The id of a container's nth start.
pub(super) fn container_id(uid: &str, name: &str, nth: i64) -> String {
    format!("containerd://{}", hex((uid, name, nth)))
}

fn hex(occasion: impl std::hash::Hash) -> String {
    let part = |part| dice::throw(part, &occasion);
    let (a, b, c, d) = (part(0), part(1), part(2), part(3));
    format!("{a:016x}{b:016x}{c:016x}{d:016x}")
}

/// Seconds as Go writes a duration: `10s`, `1m20s`, `5m0s`.
pub(super) fn go_duration(seconds: i64) -> String {
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s}s"),
        (0, m, s) => format!("{m}m{s}s"),
        (h, m, s) => format!("{h}h{m}m{s}s"),
    }
}

pub(super) fn probe_failed(which: &str, probe: &Value, pod: &Value, code: u16) -> String {
    if probe["exec"].is_object() {
        return format!("{which} probe failed: ");
    }
    if probe["tcpSocket"].is_object() {
        let address = object::text(pod, "/status/podIP");
        let port = &probe["tcpSocket"]["port"];
        let port = port
            .as_str()
            .map_or_else(|| port.to_string(), str::to_owned);
        return format!(
            "{which} probe failed: dial tcp {address}:{port}: connect: connection refused"
        );
    }
    format!("{which} probe failed: HTTP probe failed with statuscode: {code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_get_their_whole_name() {
        for (image, whole) in [
            ("nginx", "docker.io/library/nginx:latest"),
            ("nginx:1.27", "docker.io/library/nginx:1.27"),
            ("shop/web:2", "docker.io/shop/web:2"),
            ("localhost/web", "localhost/web:latest"),
            (
                "reg.example:5000/shop/web",
                "reg.example:5000/shop/web:latest",
            ),
        ] {
            assert_eq!(whole_image(image), whole);
        }
    }

    #[test]
    fn durations_are_written_as_go_does() {
        for (seconds, text) in [(10, "10s"), (80, "1m20s"), (300, "5m0s"), (3_600, "1h0m0s")] {
            assert_eq!(go_duration(seconds), text);
        }
    }
}
