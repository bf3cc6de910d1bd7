//! Images that can not be had.

use super::{
    ill::{Ill, Told},
    reading::{Reading, read},
    sentence::{Sentence, say},
};

/// What kubelet, containerd and registries say.
const IMAGES: &[Reading] = &[
    Reading {
        has: &["errimageneverpull", "pull policy of never"],
        does: [
            "may not pull its image, and its node does not have it",
            "may not pull their image, and their node does not have it",
        ],
        advice: "With imagePullPolicy Never only what the node already has is used. Correct the image's name, bring it to the node, or allow it to be pulled.",
    },
    Reading {
        has: &[
            "invalidimagename",
            "invalid reference format",
            "couldn't parse image",
        ],
        does: [
            "has an image name that nobody can read",
            "have an image name that nobody can read",
        ],
        advice: "Correct the image's name: small letters, one tag after a colon, no blanks.",
    },
    Reading {
        has: &[
            "no match for platform",
            "no matching manifest",
            "exec format error",
        ],
        does: [
            "asks for an image that was not built for its node's CPU",
            "ask for an image that was not built for their node's CPU",
        ],
        advice: "Build the image for that architecture too, or keep the Server on nodes of the other one.",
    },
    Reading {
        has: &["toomanyrequests", "rate limit", "429 too many"],
        does: [
            "is turned away by the registry: too many pulls",
            "are turned away by the registry: too many pulls",
        ],
        advice: "Pull with an account (imagePullSecrets) or through a mirror; it goes on by itself once the registry lets it.",
    },
    Reading {
        has: &[
            "unauthorized",
            "denied",
            "authentication required",
            "no basic auth",
            "403 forbidden",
            "authorization failed",
            "insufficient_scope",
        ],
        does: ["may not pull its image", "may not pull their image"],
        advice: "The registry does not let it in: an imagePullSecret is missing, expired or for another registry. Some registries answer so for an image that does not exist, so check its name too.",
    },
    Reading {
        has: &[
            "not found",
            "notfound",
            "manifest unknown",
            "name unknown",
            "does not exist",
        ],
        does: [
            "asks for an image that does not exist",
            "ask for an image that does not exist",
        ],
        advice: "Correct the image's name or tag, or push what is missing. It is tried again by itself.",
    },
    Reading {
        has: &[
            "no such host",
            "i/o timeout",
            "connection refused",
            "timeout",
            "tls handshake",
            "connection reset",
            "server misbehaving",
            "registryunavailable",
        ],
        does: [
            "can not reach the registry of its image",
            "can not reach the registry of their image",
        ],
        advice: "The node does not get through to the registry: look at its name, at DNS, proxies and firewalls of the node.",
    },
    Reading {
        has: &["x509", "certificate"],
        does: [
            "does not trust the registry of its image",
            "do not trust the registry of their image",
        ],
        advice: "The registry's certificate is expired, or of an authority that the node does not know.",
    },
    Reading {
        has: &["no space left on device"],
        does: [
            "has no room for its image on its node",
            "have no room for their image on their node",
        ],
        advice: "The node's disk is full: images and logs there have to go before it can pull.",
    },
    Reading {
        has: &["signaturevalidationfailed"],
        does: [
            "has an image whose signature is not accepted",
            "have an image whose signature is not accepted",
        ],
        advice: "The node accepts only signed images: sign this one, or use one that is.",
    },
];

/// An image that can not be had.
pub(super) fn image<'a>(ill: &Ill<'a>) -> Told<'a> {
    let events = [
        "Failed",
        "ErrImageNeverPull",
        "InspectFailed",
        "FailedToRetrieveImagePullSecret",
    ];
    // `Failed` says the reason alone, too: that tells nothing new.
    let tells = ill
        .events(&events)
        .filter(|event| !event.message.starts_with("Error: "))
        .max_by_key(|event| event.last);
    let said = tells.map_or("", |event| &*event.message);
    let text = format!("{} {} {said}", ill.reason(), ill.message());
    let mut told = match read(IMAGES, &text) {
        Some(reading) => Told {
            advice: reading.advice,
            ..Told::new(reading.does, Sentence::default())
        },
        None => Told::new(
            ["can not get its image", "can not get their image"],
            Sentence::default(),
        ),
    };
    told.line = say(ill.reason().to_owned());
    let wanted = ill.closer().map(|container| container.image.clone());
    let wanted = wanted.or_else(|| {
        ill.row()
            .image
            .clone()
            .filter(|_| ill.row().containers == 1)
    });
    if let Some(image) = wanted {
        told.container = say(format!("wants {image}"));
    }
    told.event = tells;
    told
}
