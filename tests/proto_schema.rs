//! The demo's protobuf schema is what Kubernetes' own sources say.
//!
//! `KUBERNETES_PROTO` names a folder with the modules `api@…` and `apimachinery@…` of `k8s.io` (in Go's module cache); without
//! it the test returns at once. With `UPDATE_SCHEMA=1` the bundled file is written anew.
//!
//! `generated.proto` tells numbers and types. It does not tell what JSON a Go client would have sent: the name there, a struct
//! whose fields stand in its parent's JSON (`,inline`), and what is left out when it is zero. That is in the tags of `types.go`.

#![cfg(feature = "demo")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what it expected and ends"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use barkeep::demo::resource::{RESOURCES, Served};
use serde_json::json;

/// What requests carry besides objects of the resources themselves.
const CARRIED: &[(&str, &str, &str)] = &[
    ("", "v1", "Binding"),
    ("", "v1", "DeleteOptions"),
    ("autoscaling", "v1", "HorizontalPodAutoscaler"),
    ("autoscaling", "v1", "Scale"),
    ("policy", "v1", "Eviction"),
];

/// Messages whose JSON is no object with their fields.
const SPECIAL: &[(&str, &str)] = &[
    ("api.resource.Quantity", "quantity"),
    ("meta.v1.FieldsV1", "raw"),
    ("meta.v1.MicroTime", "micro-time"),
    ("meta.v1.Time", "time"),
    ("runtime.RawExtension", "raw"),
    ("util.intstr.IntOrString", "int-or-string"),
];

/// What stands before a message's short name: `core.v1.Pod`.
const FRONTS: &[&str] = &[
    ".k8s.io.api.",
    ".k8s.io.apimachinery.pkg.apis.",
    ".k8s.io.apimachinery.pkg.",
];

/// The modules' minor version, where the folder holds several: that of the Kubernetes that the demo is.
const VERSION: &str = "@v0.35.";

#[test]
fn the_bundled_schema_is_that_of_the_sources() {
    let Some(folder) = std::env::var_os("KUBERNETES_PROTO") else {
        println!("not run, KUBERNETES_PROTO is not set");
        return;
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/proto.json");
    let sources = Sources {
        folder: PathBuf::from(folder),
        packages: BTreeMap::new(),
    };
    let made = compact(sources);
    if std::env::var("UPDATE_SCHEMA").as_deref() == Ok("1") {
        fs::write(&path, &made).unwrap();
    }
    let bundled = fs::read_to_string(&path).unwrap();
    assert!(bundled == made, "another schema; UPDATE_SCHEMA=1 writes it");
}

/// Every kind that a request may carry, with all messages that it is made of, one to a line.
fn compact(mut sources: Sources) -> String {
    let written = RESOURCES
        .iter()
        .filter(|resource| resource.served != Served::Computed)
        .map(|resource| (resource.group, resource.version, resource.kind));
    let mut kinds = BTreeMap::new();
    let mut types = BTreeMap::new();
    for (group, version, kind) in written.chain(CARRIED.iter().copied()) {
        let package = match (kind, group.split('.').next()) {
            ("DeleteOptions", _) => "meta",
            (_, Some("") | None) => "core",
            (_, Some(first)) => first,
        };
        let name = format!("{package}.{version}.{kind}");
        let api_version = if group.is_empty() {
            version.to_owned()
        } else {
            format!("{group}/{version}")
        };
        kinds.insert(format!("{api_version}/{kind}"), name.clone());
        let mut wanted = BTreeSet::from([name]);
        while let Some(name) = wanted.pop_first() {
            types
                .entry(name)
                .or_insert_with_key(|name| json!(sources.message(name, &mut wanted)).to_string());
        }
    }
    let mut text = format!("{{\"kinds\": {},\n\"types\": {{\n", json!(kinds));
    let last = types.len() - 1;
    for (index, (name, message)) in types.iter().enumerate() {
        let comma = if index == last { "" } else { "," };
        writeln!(text, "\"{name}\": {message}{comma}").unwrap();
    }
    text + "}}\n"
}

struct Sources {
    folder: PathBuf,
    packages: BTreeMap<String, Package>,
}

/// A folder of Go files with its `generated.proto`.
#[derive(Default)]
struct Package {
    messages: BTreeMap<String, BTreeMap<u32, Declared>>,
    structs: BTreeMap<String, BTreeMap<u32, Tagged>>,
}

/// A field in `generated.proto`.
struct Declared {
    label: String,
    kind: String,
}

/// A field of a Go struct.
struct Tagged {
    /// Its name in JSON; empty for a struct whose fields stand in its parent's.
    json: String,
    is_pointer: bool,
    omit_empty: bool,
    omit_zero: bool,
}

impl Sources {
    /// A message's fields by number: `name type`, and a `?` after the name where zero is left out.
    fn message(&mut self, name: &str, wanted: &mut BTreeSet<String>) -> BTreeMap<u32, String> {
        let (package, short) = name.rsplit_once('.').unwrap();
        if !self.packages.contains_key(package) {
            let folder = self.folder_of(package);
            self.packages.insert(package.to_owned(), read(&folder));
        }
        let source = &self.packages[package];
        let tagged = source.structs.get(short);
        let declared = source.messages.get(short);
        let declared = declared.unwrap_or_else(|| panic!("{name} is not in generated.proto"));
        let field = |(number, declared): (&u32, &Declared)| {
            let tagged = tagged.and_then(|fields| fields.get(number));
            let tagged = tagged.unwrap_or_else(|| panic!("{name} has no tag for {number}"));
            (*number, Self::field(package, declared, tagged, wanted))
        };
        declared.iter().map(field).collect()
    }

    fn field(
        package: &str,
        declared: &Declared,
        tagged: &Tagged,
        wanted: &mut BTreeSet<String>,
    ) -> String {
        let (front, kind) = match declared.kind.strip_prefix("map<string,") {
            Some(value) => ("map ", value.trim_end_matches('>')),
            None if declared.label == "repeated" => ("list ", declared.kind.as_str()),
            None => ("", declared.kind.as_str()),
        };
        let (word, is_message) = match kind {
            "string" | "bool" | "bytes" => (kind.to_owned(), false),
            "int32" | "int64" => ("int".to_owned(), false),
            name => {
                let full = FRONTS.iter().find_map(|front| name.strip_prefix(front));
                let full = full.map_or_else(|| format!("{package}.{name}"), str::to_owned);
                (word(full, wanted), true)
            }
        };
        let drops = if is_message {
            tagged.omit_zero
        } else {
            tagged.omit_empty || tagged.omit_zero
        };
        let mark = if drops && !tagged.is_pointer && front.is_empty() {
            "?"
        } else {
            ""
        };
        let json = match tagged.json.as_str() {
            "" => "..",
            json => json,
        };
        format!("{json}{mark} {front}{word}")
    }

    fn folder_of(&self, package: &str) -> PathBuf {
        let path = package.replace('.', "/");
        let (module, path) = match package.split('.').next().unwrap() {
            "meta" => ("apimachinery@", format!("pkg/apis/{path}")),
            _ => ("api@", path),
        };
        let modules = fs::read_dir(&self.folder).unwrap();
        let mut found: Vec<PathBuf> = modules
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(module))
            .map(|entry| entry.path().join(&path))
            .collect();
        if found.len() > 1 {
            found.retain(|path| path.to_string_lossy().contains(VERSION));
        }
        assert!(found.len() == 1, "{module}… in {}", self.folder.display());
        found.remove(0)
    }
}

/// The word for a message, which is read too where it is none of the special ones.
fn word(full: String, wanted: &mut BTreeSet<String>) -> String {
    if let Some((_, word)) = SPECIAL.iter().find(|(name, _)| *name == full) {
        return (*word).to_owned();
    }
    // A list of strings that has a name in Go (`type ExtraValue []string`).
    if full.ends_with(".ExtraValue") {
        return "items".to_owned();
    }
    wanted.insert(full.clone());
    full
}

fn read(folder: &Path) -> Package {
    let mut package = Package::default();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "generated.proto" {
            let text = fs::read_to_string(&path).unwrap();
            for_each_block(&text, "message ", |name, line| {
                if let Some((number, field)) = declared(line) {
                    let fields = package.messages.entry(name.to_owned()).or_default();
                    fields.insert(number, field);
                } else {
                    package.messages.entry(name.to_owned()).or_default();
                }
            });
        } else if path.extension().is_some_and(|extension| extension == "go")
            && !name.contains("generated")
            && !name.ends_with("_test.go")
        {
            let text = fs::read_to_string(&path).unwrap();
            for_each_block(&text, "type ", |name, line| {
                let fields = package.structs.entry(name.to_owned()).or_default();
                fields.extend(tagged(line));
            });
        }
    }
    package
}

/// The lines between `keyword Name … {` and `}`, each of which stands alone on its line in generated and formatted code.
fn for_each_block(text: &str, keyword: &str, mut see: impl FnMut(&str, &str)) {
    let mut name = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix(keyword)
            && line.ends_with('{')
        {
            name = rest.split(' ').next();
        }
        if line == "}" {
            name = None;
        }
        if let Some(name) = name {
            see(name, line.trim());
        }
    }
}

/// `optional int32 replicas = 1;`, `map<string, string> data = 2;`
fn declared(line: &str) -> Option<(u32, Declared)> {
    let statement = line.strip_suffix(';')?;
    if line.starts_with("//") {
        return None;
    }
    let (left, number) = statement.split_once(" = ")?;
    let number = number.split(' ').next()?.parse().ok()?;
    let mut words: Vec<&str> = left.split(' ').collect();
    words.pop();
    let label = match words.first().copied() {
        Some(label @ ("optional" | "repeated" | "required")) => {
            words.remove(0);
            label
        }
        _ => "",
    };
    let field = Declared {
        label: label.to_owned(),
        kind: words.concat(),
    };
    Some((number, field))
}

/// `Replicas *int32`, and its tags in backquotes: `json:"replicas,omitempty" protobuf:"varint,1,opt,name=replicas"`.
fn tagged(line: &str) -> Option<(u32, Tagged)> {
    let (front, tags) = line.split_once('`')?;
    let tag = |key: &str| {
        let (_, rest) = tags.split_once(&format!("{key}:\""))?;
        rest.split('"').next()
    };
    let number = tag("protobuf")?.split(',').nth(1)?.parse().ok()?;
    let mut json = tag("json")?.split(',');
    let name = json.next()?.to_owned();
    let options: Vec<&str> = json.collect();
    assert!(name.is_empty() == options.contains(&"inline"), "{line}");
    let field = Tagged {
        json: name,
        is_pointer: front
            .split_whitespace()
            .nth(1)
            .is_some_and(|kind| kind.starts_with('*')),
        omit_empty: options.contains(&"omitempty"),
        omit_zero: options.contains(&"omitzero"),
    };
    Some((number, field))
}
