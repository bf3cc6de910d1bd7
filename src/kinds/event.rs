//! v1 Event. Both ways of counting: `count` and `lastTimestamp` of the old recorder, `series` of the new one.

use serde::Deserialize;

use super::slim::{Metadata, Str, nullable, seconds, short};
use crate::model::{
    ids::Uid,
    row::{EventRow, Interner, Row},
};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Event<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    #[serde(rename = "type")]
    kind: Str<'a>,
    reason: Str<'a>,
    message: Str<'a>,
    involved_object: About<'a>,
    #[serde(deserialize_with = "nullable")]
    count: u32,
    last_timestamp: Str<'a>,
    #[serde(rename = "eventTime")]
    at: Str<'a>,
    #[serde(deserialize_with = "nullable")]
    series: Series<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct About<'a> {
    #[serde(borrow)]
    kind: Str<'a>,
    name: Str<'a>,
    uid: Str<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Series<'a> {
    count: u32,
    #[serde(borrow)]
    last_observed_time: Str<'a>,
}

pub(super) fn decode(json: &[u8], names: &mut Interner) -> serde_json::Result<Option<Row>> {
    let event: Event = serde_json::from_slice(json)?;
    let meta = event.metadata.row(names);
    let times = [
        &event.series.last_observed_time,
        &event.last_timestamp,
        &event.at,
    ];
    let last = times
        .into_iter()
        .map(|time| seconds(time))
        .max()
        .filter(|last| *last > 0);
    Ok(Some(Row::Event(Box::new(EventRow {
        warning: &*event.kind == "Warning",
        reason: names.name(&event.reason),
        message: short(event.message.trim(), names),
        about: (
            names.name(&event.involved_object.kind),
            names.name(&event.involved_object.name),
            Uid::parse(&event.involved_object.uid),
        ),
        count: event.count.max(event.series.count).max(1),
        last: last.unwrap_or(meta.created),
        meta,
    }))))
}
