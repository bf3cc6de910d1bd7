//! A Server: the rule that holds, in a sentence; then its worst Instances, one of each kind of trouble.

use super::{
    Link, Thing, When, Why, creation,
    exit::count,
    instance, place,
    sentence::{Sentence, say},
    tells,
    troubles::{Trouble, troubles},
};
use crate::model::{
    health::{Health, RULES},
    row::{ControllerRow, Kind, Phase},
    source::Source,
    tree::{Map, Server},
    world::World,
};

/// Kinds of trouble that get lines of their own.
const TROUBLES: usize = 3;

/// A Server that is asked about, and what is found out.
pub(super) struct Case<'a> {
    pub(super) world: &'a World,
    pub(super) map: &'a Map,
    pub(super) server: &'a Server,
    pub(super) troubles: Vec<Trouble<'a>>,
    pub(super) refusal: Option<creation::Refusal<'a>>,
}

impl<'a> Case<'a> {
    fn new(world: &'a World, server: &'a Server, now: i64) -> Option<Self> {
        let map = world.maps().get(server.map)?;
        let well = matches!(server.verdict.health, Health::Healthy | Health::Stopped);
        let mut troubles = troubles(world, server, now);
        let mut refusal = creation::refusal(world, map, server).filter(|_| !well);
        // What came to an end is not held up any more by what could not be created.
        if server.verdict.rule == "job ended" {
            refusal = None;
        }
        if let Some(job) = newest_job(world, server) {
            // Runs before the newest are history.
            troubles.retain(|trouble| {
                world
                    .servers()
                    .get(trouble.ill.pod.server)
                    .is_some_and(|of| of.key == job.key)
            });
        }
        Some(Self {
            world,
            map,
            server,
            troubles,
            refusal,
        })
    }

    /// The controller, where it is held.
    pub(super) fn row(&self) -> Option<&'a ControllerRow> {
        self.server.row.as_deref()
    }

    /// Instances that have not ended.
    pub(super) fn total(&self) -> u32 {
        self.server.digest.total
    }

    /// The newest Job of a CronJob.
    pub(super) fn job(&self) -> Option<&'a Server> {
        newest_job(self.world, self.server)
    }

    /// Instances that have failed and were replaced.
    pub(super) fn replaced(&self) -> usize {
        let all = self.world.beneath(self.server);
        let pods = all
            .iter()
            .filter_map(|slot| self.world.instances().get(*slot));
        pods.filter(|pod| pod.row.phase == Phase::Failed && !pod.row.terminating)
            .count()
    }
}

fn newest_job<'a>(world: &'a World, server: &Server) -> Option<&'a Server> {
    if server.kind != Kind::CronJob {
        return None;
    }
    let jobs = server
        .children
        .iter()
        .filter_map(|slot| world.servers().get(*slot));
    jobs.max_by_key(|job| job.created)
}

/// Why a Server is as it is.
pub(super) fn server(world: &World, server: &Server, now: i64) -> Option<Why> {
    let case = Case::new(world, server, now)?;
    let (links, needs) = links(&case);
    let mut why = Why {
        health: server.verdict.health,
        name: server.name.clone(),
        kind: server.kind.name().into(),
        place: place(case.map),
        says: tells::says(&case),
        advice: advice(&case, &links),
        rule: rule(&case),
        links,
        needs,
    };
    why.need(case.map);
    Some(why)
}

/// The rule that holds; that of the worst Instance where the Server's own only points there.
fn rule(case: &Case) -> Option<(&'static str, &'static str)> {
    let own = case.server.verdict.rule;
    let points = [
        "lone Instance",
        "Instance trouble",
        "Instance warning",
        "starting",
    ]
    .contains(&own);
    let worst = case.troubles.first().filter(|_| points);
    let below = worst.and_then(|worst| instance::rule(&worst.ill.verdict));
    let own = RULES.iter().find(|rule| rule.name == own);
    below.or_else(|| own.map(|rule| (rule.name, rule.source)))
}

fn links(case: &Case) -> (Vec<Link>, Vec<Source>) {
    let (mut links, mut needs) = (Vec::new(), Vec::new());
    if let Some(refusal) = &case.refusal
        && let Some(event) = refusal.event
    {
        let (kind, name, uid) = &event.about;
        let mut depth = 0;
        if *uid != case.server.key.uid {
            links.push(Link::new(
                0,
                Thing::Controller(Kind::from_api(kind)),
                name.clone(),
                say("can not create another Instance"),
            ));
            depth = 1;
        }
        links.push(instance::of_event(event, depth));
    }
    let mut depth = 0;
    if let Some(job) = case
        .job()
        .filter(|_| !case.troubles.is_empty() || case.server.verdict.rule == "last run")
    {
        links.push(Link {
            health: Some(job.verdict.health),
            when: When::from(job.verdict.since),
            ..Link::new(
                0,
                Thing::Controller(Kind::Job),
                job.name.clone(),
                say(job.verdict.word.to_string()),
            )
        });
        depth = 1;
    }
    for (at, trouble) in case.troubles.iter().take(TROUBLES).enumerate() {
        if at == 0 && trouble.is_new {
            links.extend(new_revision(case, trouble));
        }
        let lone = case.server.kind == Kind::Pod;
        let here = depth + u8::from(trouble.is_new && at == 0);
        if !lone {
            links.push(instance::link(&trouble.ill, &trouble.told, here));
        }
        if at == 0 {
            let beneath = instance::beneath(
                case.world,
                &trouble.ill,
                &trouble.told,
                here + u8::from(!lone),
            );
            links.extend(beneath.0);
            needs.extend(beneath.1);
        }
        if trouble.many > 1 {
            let more = format!("and {} more like it", trouble.many - 1);
            links.push(Link::new(here, Thing::More, "", say(more)));
        }
    }
    let rest: u32 = case
        .troubles
        .iter()
        .skip(TROUBLES)
        .map(|trouble| trouble.many)
        .sum();
    if rest > 0 {
        links.push(Link::new(
            depth,
            Thing::More,
            "",
            say(format!("and {rest} more that are not well")),
        ));
    }
    (links, needs)
}

/// The ReplicaSet of the revision that does not come up while the one before serves.
fn new_revision(case: &Case, trouble: &Trouble) -> Option<Link> {
    let set = case.world.servers().get(trouble.ill.pod.server)?;
    let row = set.row.as_ref()?;
    let number = row
        .revision
        .as_ref()
        .map_or_else(String::new, |number| format!(" {number}"));
    let image = row
        .images
        .first()
        .map_or_else(String::new, |image| format!(" ({image})"));
    let says = format!(
        "revision{number}{image}, {} of {} ready",
        row.replicas.ready, row.replicas.desired
    );
    Some(Link {
        when: When::at(set.created),
        ..Link::new(
            0,
            Thing::Controller(Kind::ReplicaSet),
            set.name.clone(),
            say(says),
        )
    })
}

fn advice(case: &Case, links: &[Link]) -> Vec<&'static str> {
    if let Some(refusal) = case
        .refusal
        .as_ref()
        .filter(|refusal| !refusal.advice.is_empty())
    {
        return vec![refusal.advice];
    }
    let rule = RULES
        .iter()
        .find(|rule| rule.name == case.server.verdict.rule);
    let own = rule.map_or("", |rule| rule.advice);
    let mut advice = case.troubles.first().map_or_else(Vec::new, |worst| {
        instance::advice(&worst.ill.verdict, &worst.told, links)
    });
    // What comes from above comes after what its Instances tell.
    if advice.is_empty()
        || matches!(
            case.server.verdict.rule,
            "job ended" | "last run" | "progress deadline"
        )
    {
        advice.push(own);
    }
    advice.retain(|advice| !advice.is_empty());
    advice
}

/// What so many Instances of a Server do, as a clause: `its Instance keeps crashing`.
pub(super) fn clause(case: &Case, trouble: &Trouble) -> Sentence {
    let (many, total) = (trouble.many, case.total());
    let many_do = many > 1;
    let who = match (many, total) {
        _ if trouble.is_new && !many_do => "the new revision's Instance".to_owned(),
        _ if trouble.is_new => format!("the new revision's {many} Instances"),
        (1, 0 | 1) => "its Instance".to_owned(),
        (1, _) => "one of its Instances".to_owned(),
        (2, 2) => "both its Instances".to_owned(),
        _ if many >= total => format!("all its {many} Instances"),
        _ => format!("{many} of its {total} Instances"),
    };
    say(who).and(" ").then(trouble.told.does(many_do))
}

/// What is wrong besides the worst, where that is something else: ` 2 others have other troubles.`
pub(super) fn others(case: &Case) -> Option<String> {
    let rest: u32 = case
        .troubles
        .iter()
        .skip(1)
        .map(|trouble| trouble.many)
        .sum();
    let verb = if rest == 1 {
        "is not well for another reason"
    } else {
        "are not well for other reasons"
    };
    (rest > 0).then(|| format!(" {} {verb}.", count(rest, "more Instance")))
}
