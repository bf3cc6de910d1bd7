//! A list by pages: a small one first, to have something to show, and the watch open at its version while the others load.
//!
//! Changes go on at once, and what they are about is not taken from a later page: the watch knows better. A page that
//! fails is asked for again where it was; only a version that the server has forgotten begins anew.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError},
};

use rustc_hash::FxBuildHasher;
use serde::Deserialize;
use tokio::{sync::mpsc, task::yield_now};

use super::{
    ask::{Asker, Refusal},
    change::decoded,
    follow::Feed,
    split::Shape,
    watch::{BATCH, From, Names, Said, Watch, read_list},
};
use crate::{
    kinds::{Form, Served, line},
    model::{Cause, Change, FeedState, News, Problem, Source, Uid},
};

/// The first page, and those after it.
const PAGES: (&str, &str) = ("100", "500");
/// A server that gives us a new place to go on this often, and nothing there, has none.
const DETOURS: u8 = 3;

/// How far a list has come.
#[derive(Default)]
pub(super) struct Paging {
    begun: bool,
    /// Where the next page is; empty for the first.
    next: String,
    have: usize,
    detours: u8,
    /// Where the watch can go on.
    pub(super) reached: Option<String>,
    pub(super) watch: Option<Watch>,
    /// The server has accepted the watch.
    pub(super) open: bool,
    /// What the watch has spoken of.
    changed: HashSet<Uid, FxBuildHasher>,
}

/// What a list says of itself.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Head {
    kind: String,
    metadata: ListMeta,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ListMeta {
    resource_version: String,
    #[serde(rename = "continue")]
    next: String,
    remaining_item_count: Option<usize>,
}

impl Feed {
    /// Goes on with the pages to the last one. The watch is open then, or was.
    pub(super) async fn turn(&self, paging: &mut Paging) -> Result<(), Problem> {
        loop {
            if paging.watch.is_none()
                && let Some(version) = &paging.reached
            {
                paging.watch = Some(self.open(From::Version(version.clone())));
                // So that its request goes out before that for the next page.
                yield_now().await;
            }
            let head = match self.page(paging).await {
                Ok(head) => head,
                Err(Refusal {
                    go_on: Some(token), ..
                }) if paging.detours < DETOURS => {
                    // The pages that follow are newer than the watch's beginning, which is as well: it stays open.
                    paging.detours += 1;
                    paging.next = token;
                    continue;
                }
                Err(refusal) => return Err(refusal.problem),
            };
            paging.detours = 0;
            if !std::mem::replace(&mut paging.begun, true) {
                self.tell(News::Begin).await;
            }
            paging.next = head.next;
            if paging.reached.is_none() {
                paging.reached = Some(head.resource_version);
            }
            if paging.next.is_empty() {
                return Ok(());
            }
            if !self.listed {
                let about = head.remaining_item_count.map(|more| paging.have + more);
                self.tell(News::State(FeedState::Loading(paging.have, about)))
                    .await;
            }
        }
    }

    /// One page, and what the watch says meanwhile.
    async fn page(&self, paging: &mut Paging) -> Result<ListMeta, Refusal> {
        let (tell, mut batches) = mpsc::unbounded_channel();
        let next = paging.next.clone();
        let page = read_page(&self.asker, &self.source, &next, &self.names, tell);
        tokio::pin!(page);
        let read = loop {
            tokio::select! {
                biased;
                // Rows go on as they are decoded, not when the page is complete.
                Some(batch) = batches.recv() => self.fresh(paging, batch).await,
                said = said(paging.watch.as_mut()) => self.heard(paging, said).await?,
                read = &mut page => break read,
            }
        };
        while let Ok(batch) = batches.try_recv() {
            self.fresh(paging, batch).await;
        }
        let (head, count) = read?;
        paging.have += count;
        Ok(head)
    }

    /// Rows of a page, without those that the watch has newer.
    async fn fresh(&self, paging: &mut Paging, mut batch: Vec<Change>) {
        if !std::mem::replace(&mut paging.begun, true) {
            self.tell(News::Begin).await;
        }
        if !paging.changed.is_empty() {
            batch.retain(|change| {
                change
                    .uid()
                    .is_none_or(|uid| !paging.changed.contains(&uid))
            });
        }
        self.tell(News::Changes(batch)).await;
    }

    async fn heard(&self, paging: &mut Paging, said: Said) -> Result<(), Problem> {
        match said {
            Said::Open => paging.open = true,
            Said::Changes(changes) => {
                paging
                    .changed
                    .extend(changes.iter().filter_map(Change::uid));
                self.tell(News::Changes(changes)).await;
            }
            Said::Version(version) => paging.reached = Some(version),
            Said::Listed => {}
            Said::End(end) => {
                paging.watch = None;
                paging.open = false;
                end?;
            }
        }
        Ok(())
    }
}

async fn said(watch: Option<&mut Watch>) -> Said {
    match watch {
        Some(watch) => watch.next().await,
        None => std::future::pending().await,
    }
}

/// Asks for a page and hands its rows on in batches; says where the next one is, and how many objects this one had.
async fn read_page(
    asker: &Asker,
    source: &Source,
    next: &str,
    names: &Names,
    tell: mpsc::UnboundedSender<Vec<Change>>,
) -> Result<(ListMeta, usize), Refusal> {
    let (served, namespace, fields) = (
        source.served(),
        source.namespace.as_deref(),
        source.fields(),
    );
    let mut query = vec![("limit", if next.is_empty() { PAGES.0 } else { PAGES.1 })];
    if !next.is_empty() {
        query.push(("continue", next));
    }
    if !fields.is_empty() {
        query.push(("fieldSelector", &fields));
    }
    let mut answer = asker.get("list", &served, namespace, None, &query).await?;
    let names = Arc::clone(names);
    let (mut batch, mut count) = (Vec::new(), 0);
    let read = read_list(&mut answer, shape(&served), |json| {
        let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
        count += 1;
        if let Some(row) = decoded(json, &served, &mut names) {
            batch.push(Change::Put(row));
        }
        if batch.len() >= BATCH {
            let _ = tell.send(std::mem::take(&mut batch));
        }
    })
    .await;
    if let (Form::Table, Ok(head)) = (served.form, &read) {
        let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
        batch.extend(line::headings(head, &mut names).map(Change::Put));
    }
    if !batch.is_empty() {
        let _ = tell.send(batch);
    }
    let head = head(&read?, &served)?;
    if head.resource_version.is_empty() {
        return Err(garbled(&served, "it has no version").into());
    }
    Ok((head, count))
}

/// Where the objects are in the answer to a list.
fn shape(served: &Served<'_>) -> Shape {
    match served.form {
        Form::Table => Shape::Rows,
        Form::Whole | Form::Metadata => Shape::List,
    }
}

/// What is JSON but no list must not pass for an empty one.
fn head(json: &[u8], served: &Served<'_>) -> Result<ListMeta, Problem> {
    let head: Head = serde_json::from_slice(json).map_err(|error| garbled(served, error))?;
    let is_list = match served.form {
        Form::Table => head.kind == "Table",
        Form::Whole | Form::Metadata => head.kind.ends_with("List"),
    };
    if is_list {
        Ok(head.metadata)
    } else {
        Err(garbled(served, "it is no list"))
    }
}

fn garbled(served: &Served<'_>, why: impl std::fmt::Display) -> Problem {
    let what = format!("A list of {} can not be read: {why}", served.plural);
    Problem::new(Cause::Garbled, what)
}

/// All rows of a list that is asked for in one piece.
pub(super) async fn read_whole(
    asker: &Asker,
    served: &Served<'_>,
    namespace: Option<&str>,
    names: &Names,
) -> Result<Vec<Change>, Problem> {
    let mut changes = Vec::new();
    let mut answer = asker.get("list", served, namespace, None, &[]).await?;
    let read = read_list(&mut answer, shape(served), |json| {
        let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
        changes.extend(decoded(json, served, &mut names).map(Change::Put));
    })
    .await?;
    if served.form == Form::Table {
        let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
        changes.extend(line::headings(&read, &mut names).map(Change::Put));
    }
    head(&read, served)?;
    Ok(changes)
}
