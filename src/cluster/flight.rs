//! One run of something slow that many wait for: a credential plugin, a connection being made.
//!
//! Whoever comes first starts the run; all who come while it is under way share its result, failure included. The run
//! is a task of its own, so a caller that gives up does not stop it for the others; it ends with the last who cares.

use std::sync::{Mutex, PoisonError};

use futures::{
    FutureExt as _,
    future::{BoxFuture, Shared},
};

use tokio::task::JoinSet;

use crate::model::{Cause, Problem};

type Outcome<T> = Result<T, Problem>;

/// The latest run, under way or done.
pub(super) struct Flight<T: Clone> {
    latest: Mutex<Option<Shared<BoxFuture<'static, Outcome<T>>>>>,
}

impl<T: Clone + Send + Sync + 'static> Flight<T> {
    pub(super) fn new() -> Self {
        Self {
            latest: Mutex::new(None),
        }
    }

    /// The result of the run under way, or of the last one if it is still good, or of a new one.
    pub(super) async fn join<F>(
        &self,
        good: impl Fn(&Outcome<T>) -> bool,
        start: impl FnOnce() -> F,
    ) -> Outcome<T>
    where
        F: Future<Output = Outcome<T>> + Send + 'static,
    {
        let run = {
            let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
            match &*latest {
                Some(run) if run.peek().is_none_or(&good) => run.clone(),
                _ => {
                    let mut task = JoinSet::new();
                    task.spawn(start());
                    let run = async move {
                        match task.join_next().await {
                            Some(Ok(outcome)) => outcome,
                            _ => Err(broken_off()),
                        }
                    };
                    let run = run.boxed().shared();
                    *latest = Some(run.clone());
                    run
                }
            }
        };
        run.await
    }

    /// Puts in a result that was found another way.
    pub(super) fn put(&self, result: T) {
        let run = std::future::ready(Ok(result)).boxed().shared();
        // A shared future shows its result only after it was polled once.
        let _ = run.clone().now_or_never();
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(run);
    }
}

fn broken_off() -> Problem {
    Problem::new(Cause::Unreachable, "The attempt was broken off")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn many_share_one_run_and_a_stale_result_starts_another() {
        let flight = Arc::new(Flight::<usize>::new());
        let runs = Arc::new(AtomicUsize::new(0));
        let run = |good: fn(&Outcome<usize>) -> bool| {
            let (flight, runs) = (Arc::clone(&flight), Arc::clone(&runs));
            async move {
                flight
                    .join(good, || async move {
                        tokio::task::yield_now().await;
                        Ok(runs.fetch_add(1, Ordering::SeqCst))
                    })
                    .await
            }
        };
        let all = futures::future::join_all((0..20).map(|_| run(|_| true))).await;
        assert!(all.iter().all(|got| got == &Ok(0)));
        assert_eq!(run(|_| false).await, Ok(1));
        assert_eq!(run(|_| true).await, Ok(1));
        flight.put(7);
        assert_eq!(run(|got| got.as_ref().unwrap() == &7).await, Ok(7));
    }
}
