//! All voices, by the images in which they live.

mod cluster;
mod company;
mod upstream;

use super::voice::{VOICE, Voice};

static ANYBODY: Voice = VOICE;

/// The voice of an image.
pub(super) fn of(image: &str) -> &'static Voice {
    [company::VOICES, upstream::VOICES, cluster::VOICES]
        .into_iter()
        .flatten()
        .find(|voice| voice.of.iter().any(|part| image.contains(part)))
        .unwrap_or(&ANYBODY)
}
