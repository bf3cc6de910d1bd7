//! Server-side apply: what a manager applies is laid over the object; what it applied before and applies no more goes, if
//! nobody else owns it; what others own and it would change is a conflict (`sigs.k8s.io/structured-merge-diff/merge`).

use serde_json::{Value, json};

use super::{
    super::{
        object,
        refusal::Refusal,
        resource::Resource,
        schema::{self, Schema},
    },
    managed::{self, Entry},
    set::Set,
    typed,
};

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The object after an apply patch, with its managed fields; `before` is None where there is none yet. Defaults are not
/// filled in, and name and namespace are those of the patch.
pub fn apply(
    resource: &Resource,
    before: Option<&Value>,
    body: &[u8],
    manager: &str,
    force: bool,
    now: i64,
    subresource: Option<&str>,
) -> Result<Value, Refusal> {
    if manager.is_empty() {
        return Err(nameless());
    }
    let config = read(resource, body)?;
    let schema = schema::of(resource);
    let mut live = before.cloned().unwrap_or_else(|| json!({}));
    let mut entries = managed::read(&managed::take(&mut live)).unwrap_or_default();
    if let (Some(_), true) = (before, entries.is_empty()) {
        // Whoever made it did not say so: what it is now is somebody's.
        let entry = Entry::new(resource, "before-first-apply", false, None);
        let difference = typed::compare(&schema.bare(), &live, schema);
        managed::taken(&mut entries, entry, difference, now, resource);
    }
    let applying = Applying {
        resource,
        schema,
        live: &live,
        config: &config,
        entry: Entry::new(resource, manager, true, subresource),
    };
    let faults = typed::faults(&config, schema);
    if !faults.is_empty() {
        return Err(applying.untyped(&faults));
    }
    let (mut object, entries) = match applying.onto(entries.clone(), force, now) {
        Ok(done) => done,
        Err(conflicts) => {
            let conflicts = applying.not_mine(manager, conflicts);
            if !conflicts.is_empty() {
                return Err(refuse(&conflicts));
            }
            let forced = applying.onto(entries, true, now);
            forced.map_err(|conflicts| refuse(&conflicts))?
        }
    };
    if manager == "kubectl" && object::annotation(&object, LAST_APPLIED).is_some() {
        let mut said = config.clone();
        if let Some(annotations) = said
            .pointer_mut("/metadata/annotations")
            .and_then(Value::as_object_mut)
        {
            annotations.remove(LAST_APPLIED);
        }
        object["metadata"]["annotations"][LAST_APPLIED] = json!(format!("{said}\n"));
    }
    managed::put(&mut object, entries);
    Ok(object)
}

fn nameless() -> Refusal {
    let message = "Required value: is required for apply patch";
    let mut refusal = Refusal::new(
        422,
        "Invalid",
        format!("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: {message}"),
    );
    refusal.details = json!({
        "group": "meta.k8s.io", "kind": "PatchOptions",
        "causes": [{"reason": "FieldValueRequired", "message": message, "field": "fieldManager"}],
    });
    refusal
}

fn read(resource: &Resource, body: &[u8]) -> Result<Value, Refusal> {
    // JSON is quicker, and nearly always what it is.
    let config: Value = match serde_json::from_slice(body) {
        Ok(config) => config,
        Err(_) => serde_saphyr::from_slice(body).map_err(|error| {
            let why = error.to_string();
            let line = why.lines().next().unwrap_or_default();
            Refusal::bad_request(format!(
                "error decoding YAML: error converting YAML to JSON: yaml: {line}"
            ))
        })?,
    };
    if !config.is_object() {
        return Err(Refusal::bad_request(format!(
            "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            super::json_name(&config)
        )));
    }
    let (version, kind) = (
        object::text(&config, "/apiVersion"),
        object::text(&config, "/kind"),
    );
    if (version, kind) != (resource.api_version().as_str(), resource.kind) {
        let slash = if version.contains('/') { "" } else { "/" };
        return Err(Refusal::bad_request(format!(
            "invalid object type: {slash}{version}, Kind={kind}"
        )));
    }
    if !config["metadata"]["managedFields"].is_null() {
        return Err(Refusal::bad_request("metadata.managedFields must be nil"));
    }
    Ok(config)
}

/// A field that somebody else owns.
struct Conflict {
    /// `"kubectl" using apps/v1`
    owner: String,
    element: Set,
    path: String,
}

struct Applying<'a> {
    resource: &'a Resource,
    schema: Schema,
    live: &'a Value,
    config: &'a Value,
    entry: Entry,
}

impl Applying<'_> {
    fn onto(
        &self,
        mut entries: Vec<Entry>,
        force: bool,
        now: i64,
    ) -> Result<(Value, Vec<Entry>), Vec<Conflict>> {
        let ignored = managed::ignored(self.resource, Some(&self.entry.subresource));
        let mine = entries.iter().position(|known| known.is(&self.entry));
        let last = mine.map(|index| entries.remove(index));
        let mut entry = Entry {
            set: typed::fields_of(self.config, self.schema).outside(&ignored),
            time: last.as_ref().and_then(|last| last.time.clone()),
            ..self.entry.clone()
        };
        let merged = typed::merge(Some(self.live), Some(self.config), self.schema);
        let mut object = merged.unwrap_or_else(|| json!({}));
        if let Some(last) = &last {
            object = self.prune(&object, &last.set, &entry.set, &entries);
        }
        let compared = typed::compare(self.live, &object, self.schema);
        let mut difference = compared.outside(&ignored);
        let changed = difference.changed();
        if !force {
            let conflicts = conflicts(&entries, &changed);
            if !conflicts.is_empty() {
                return Err(conflicts);
            }
        }
        managed::lose(&mut entries, &changed, &difference.removed);
        entry.set = managed::owned(entry.set);
        if *self.live != object {
            entry.time = Some(object::time(now));
        }
        if !entry.set.is_empty() {
            entries.push(entry);
        }
        Ok((object, entries))
    }

    /// Takes away what this manager applied last time, applies no more, and nobody else owns.
    fn prune(&self, merged: &Value, last: &Set, mine: &Set, others: &[Entry]) -> Value {
        let schema = self.schema;
        let removed = |value: &Value, set: &Set| {
            typed::remove(value, set, schema).unwrap_or_else(|| json!({}))
        };
        let fields = |value: &Value| typed::fields_of(value, schema).with_fields(schema);
        let last = last.with_fields(schema);
        let all = fields(merged);
        let mut kept = fields(&removed(merged, &last));
        let mut managed = mine.clone();
        for other in others {
            managed.add(other.set.clone());
        }
        kept.add(managed.with_fields(schema));
        let kept = fields(&removed(merged, &all.clone().without(&kept)));
        let gone = all.without(&kept).both(&last);
        removed(merged, &gone)
    }

    /// `kubectl apply` of old kept what it applied in an annotation. Fields that are still as that says are its own, so that
    /// kubectl can go over to server-side apply without a conflict with itself.
    fn not_mine(&self, manager: &str, mut conflicts: Vec<Conflict>) -> Vec<Conflict> {
        let said = object::annotation(self.live, LAST_APPLIED).filter(|_| manager == "kubectl");
        let said: Option<Value> = said.and_then(|said| serde_json::from_str(said).ok());
        let Some(said) = said.filter(|said| said["apiVersion"] == self.entry.api_version) else {
            return conflicts;
        };
        let mut difference = typed::compare(&said, self.live, self.schema);
        let own = typed::fields_of(&said, self.schema)
            .without(&difference.changed())
            .without(&difference.removed);
        conflicts.retain(|conflict| !conflict.element.clone().without(&own).is_empty());
        conflicts
    }

    fn untyped(&self, faults: &[String]) -> Refusal {
        let faults = match faults {
            [one] => one.clone(),
            all => format!("errors:\n  {}", all.join("\n  ")),
        };
        let version = &self.entry.api_version;
        let slash = if version.contains('/') { "" } else { "/" };
        let message = format!(
            "failed to create typed patch object ({}/{}; {slash}{version}, Kind={}): {faults}",
            object::namespace(self.config),
            object::name(self.config),
            self.resource.kind,
        );
        Refusal::new(500, "", message)
    }
}

fn conflicts(entries: &[Entry], changed: &Set) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    for entry in entries {
        let both = entry.set.both(changed);
        let mut owner = json!(entry.manager).to_string();
        if !entry.subresource.is_empty() {
            owner = format!("{owner} with subresource {}", json!(entry.subresource));
        }
        if !entry.applied {
            owner = format!("{owner} using {}", entry.api_version);
        }
        conflicts.extend(both.each().into_iter().map(|(path, element)| Conflict {
            owner: owner.clone(),
            element,
            path,
        }));
    }
    conflicts
}

fn refuse(conflicts: &[Conflict]) -> Refusal {
    let causes: Vec<Value> = conflicts
        .iter()
        .map(|conflict| {
            json!({
                "reason": "FieldManagerConflict",
                "message": format!("conflict with {}", conflict.owner),
                "field": conflict.path,
            })
        })
        .collect();
    let message = if let [one] = conflicts {
        format!(
            "Apply failed with 1 conflict: conflict with {}: {}",
            one.owner, one.path
        )
    } else {
        let mut owners: Vec<&str> = conflicts.iter().map(|one| one.owner.as_str()).collect();
        owners.sort_unstable();
        owners.dedup();
        let mut lines = Vec::new();
        for owner in owners {
            lines.push(format!("conflicts with {owner}:"));
            let theirs = conflicts.iter().filter(|one| one.owner == owner);
            lines.extend(theirs.map(|one| format!("- {}", one.path)));
        }
        format!(
            "Apply failed with {} conflicts: {}",
            conflicts.len(),
            lines.join("\n")
        )
    };
    let mut refusal = Refusal::new(409, "Conflict", message);
    refusal.details = json!({"causes": causes});
    refusal
}
