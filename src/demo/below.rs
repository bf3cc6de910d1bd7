//! What lies below an object: its status, its scale, a Pod's log and streams; and the usage metrics.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, request::Parts};
use serde_json::{Value, json};

use super::{
    access::User,
    api,
    controllers::selector::Selector,
    delete::{self, Deletion},
    http::Answer,
    object, read,
    refusal::Refusal,
    request::{Call, Verb},
    resource::{BUDGETS, NODES, PODS},
    sent,
    serve::Demo,
    state::State,
    strategy, streaming, usage,
    write::{self, Said},
};

/// Answers a request for a part of an object.
pub(super) fn answer(
    demo: &Demo,
    head: &mut Parts,
    user: &User,
    call: &Call,
    body: &Bytes,
) -> Result<Answer, Refusal> {
    match call.below.as_str() {
        "log" => return streaming::log(demo, call),
        "exec" | "attach" | "portforward" => return streaming::stream(demo, head, call),
        _ => {}
    }
    let said = demo.with(|state| match call.below.as_str() {
        "scale" => scale(state, user, call, &head.headers, body),
        "eviction" => evict(state, call, &head.headers, body),
        "binding" => bind(state, call, &head.headers, body),
        "finalize" => finalize(state, call, &head.headers, body),
        _ if call.verb == Verb::Get => Ok(Said::found(held(state, call)?)),
        _ => write::write(state, user, call, &head.headers, body),
    })?;
    api::shown(demo, call, said)
}

impl Said {
    /// An object that was only read.
    fn found(object: Value) -> Self {
        Self {
            code: StatusCode::OK.as_u16(),
            object,
            warnings: Vec::new(),
        }
    }
}

fn held(state: &State, call: &Call) -> Result<Value, Refusal> {
    state
        .get(call.resource, &call.namespace, &call.name)
        .ok_or_else(|| Refusal::not_found(call.resource, &call.name))
}

/// How many there are to be: the object seen as an autoscaling/v1 Scale.
fn scale(
    state: &mut State,
    user: &User,
    call: &Call,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Said, Refusal> {
    let object = held(state, call)?;
    let scale = strategy::scale(call.resource, &object).ok_or_else(Refusal::no_such_path)?;
    let wanted = match call.verb {
        Verb::Get => return Ok(Said::found(scale)),
        Verb::Update => sent::decode(headers, body)?,
        _ => write::patched_scale(headers, &scale, body)?,
    };
    sent::same_kind(&wanted, "autoscaling/v1", "Scale")?;
    let mut after = object.clone();
    strategy::set_scale(call.resource, &mut after, &wanted)?;
    let whole = Call {
        verb: Verb::Update,
        below: "scale".to_owned(),
        ..call.clone()
    };
    let said = write::replace(state, user, &whole, headers, &object, after, Vec::new())?;
    let scale = strategy::scale(call.resource, &said.object).ok_or_else(Refusal::no_such_path)?;
    Ok(Said {
        object: scale,
        ..said
    })
}

/// Deletes a Pod if its disruption budgets allow it (`pkg/registry/core/pod/storage/eviction.go`).
fn evict(
    state: &mut State,
    call: &Call,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Said, Refusal> {
    let eviction = sent::decode(headers, body)?;
    sent::same_kind(&eviction, "policy/v1", "Eviction")?;
    let pod = held(state, call)?;
    if object::name(&eviction) != call.name {
        let what = "name in URL does not match name in Eviction object";
        return Err(Refusal::bad_request(what));
    }
    let entry = state.store.get(&PODS, &call.namespace, &call.name);
    let labels = entry.map_or_else(Vec::new, |entry| entry.labels.clone());
    let budgets: Vec<Value> = state
        .store
        .list(&BUDGETS, Some(&call.namespace))
        .map(|entry| entry.value())
        .filter(|budget| Selector::read(&budget["spec"]["selector"]).fits(&labels))
        .collect();
    let phase = object::text(&pod, "/status/phase");
    let counts = phase == "Running" && !object::is_leaving(&pod);
    if counts && budgets.len() > 1 {
        return Err(Refusal::new(
            500,
            "InternalError",
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
        ));
    }
    let mut budget = budgets.into_iter().next().filter(|_| counts);
    if let Some(budget) = &budget {
        let status = |field: &str| object::number(budget, &format!("/status/{field}")).unwrap_or(0);
        if status("disruptionsAllowed") <= 0 {
            let mut refusal = Refusal::new(
                429,
                "TooManyRequests",
                "Cannot evict pod as it would violate the pod's disruption budget.",
            );
            let why = format!(
                "The disruption budget {} needs {} healthy pods and has {} currently",
                object::name(budget),
                status("desiredHealthy"),
                status("currentHealthy")
            );
            refusal.details = json!({"causes": [{"reason": "DisruptionBudget", "message": why}]});
            return Err(refusal);
        }
    }
    let deletion = Deletion::read(&eviction["deleteOptions"])?;
    if !call.is_dry_run()? {
        if let Some(budget) = &mut budget {
            let left = object::number(budget, "/status/disruptionsAllowed").unwrap_or(1) - 1;
            budget["status"]["disruptionsAllowed"] = json!(left);
            state.update(&BUDGETS, budget.clone());
        }
        delete::delete(state, &PODS, &call.namespace, &call.name, &deletion)?;
    }
    Ok(created(json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201,
    })))
}

fn created(object: Value) -> Said {
    Said {
        code: StatusCode::CREATED.as_u16(),
        object,
        warnings: Vec::new(),
    }
}

/// Puts a Pod on a node, as a scheduler does (`pkg/registry/core/pod/storage/storage.go`, `BindingREST`).
fn bind(
    state: &mut State,
    call: &Call,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Said, Refusal> {
    let binding = sent::decode(headers, body)?;
    let node = object::text(&binding, "/target/name").to_owned();
    let pod = held(state, call)?;
    let bound = object::text(&pod, "/spec/nodeName");
    if !bound.is_empty() {
        let why = format!("pod {} is already assigned to node \"{bound}\"", call.name);
        let name = &call.name;
        let message = format!("Operation cannot be fulfilled on pods/binding \"{name}\": {why}");
        let mut refusal = Refusal::new(409, "Conflict", message).about(&PODS, name);
        refusal.details["kind"] = json!("pods/binding");
        return Err(refusal);
    }
    if state.get(&NODES, "", &node).is_none() {
        return Err(Refusal::not_found(&NODES, &node));
    }
    if !call.is_dry_run()? {
        state.change(&PODS, &call.namespace, &call.name, |pod| {
            pod["spec"]["nodeName"] = json!(node);
        });
    }
    Ok(created(json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201,
    })))
}

/// Says that one who waited is done with a namespace that is going.
fn finalize(
    state: &mut State,
    call: &Call,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Said, Refusal> {
    let wanted = sent::decode(headers, body)?;
    let mut namespace = held(state, call)?;
    namespace["spec"]["finalizers"] = match object::items(&wanted, "/spec/finalizers") {
        [] => json!([]),
        finalizers => json!(finalizers),
    };
    if call.is_dry_run()? {
        return Ok(Said::found(namespace));
    }
    Ok(Said::found(state.update(call.resource, namespace)))
}

/// 404 of what nobody has measured: the metrics server speaks of Pods, and of nodes in the singular.
fn unmeasured(call: &Call) -> Refusal {
    let what = if call.resource.namespaced {
        call.resource.plural
    } else {
        call.resource.singular
    };
    let name = &call.name;
    let mut refusal = Refusal::new(404, "NotFound", format!("{what} \"{name}\" not found"));
    refusal.details = json!({"name": name, "kind": what});
    refusal
}

/// What Pods and nodes use, worked out as it is asked for.
pub(super) fn metrics(state: &State, call: &Call) -> Result<Vec<Bytes>, Refusal> {
    let of_pods = call.resource.namespaced;
    let measured = Call {
        resource: if of_pods { &PODS } else { &NODES },
        ..call.clone()
    };
    let measure = |entry: &super::store::Entry| {
        if of_pods {
            usage::pod_metrics(state, entry)
        } else {
            usage::node_metrics(state, entry)
        }
    };
    if call.verb == Verb::Get {
        let entry = state
            .store
            .get(measured.resource, &call.namespace, &call.name);
        let found = entry.and_then(|entry| measure(entry));
        let found = found.ok_or_else(|| unmeasured(&measured))?;
        return Ok(vec![Bytes::from(found.to_string())]);
    }
    let chosen = read::selection(&measured)?;
    let items: Vec<Value> = state
        .store
        .list(measured.resource, measured.within())
        .filter(|entry| chosen.matches(entry))
        .filter_map(|entry| measure(entry))
        .collect();
    if call.form == super::request::Form::Table {
        let about = json!({});
        let table = super::table::table(
            call.resource,
            &items,
            read::include(call)?,
            &about,
            state.now(),
        );
        return Ok(vec![Bytes::from(table.to_string())]);
    }
    let list = json!({
        "kind": format!("{}List", call.resource.kind), "apiVersion": call.resource.api_version(),
        "metadata": {}, "items": items,
    });
    Ok(vec![Bytes::from(list.to_string())])
}
