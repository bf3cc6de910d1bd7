//! Fills in what stands in braces in the lines of voices.

use serde_json::Value;

use crate::demo::{dice, object};

/// What a line may say of the container that writes it.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    /// The Pod's name.
    pub(super) pod: &'a str,
    /// The Pod's namespace.
    pub(super) namespace: &'a str,
    /// The container's name.
    pub(super) container: &'a str,
    /// Its image.
    pub(super) image: &'a str,
    /// What its command writes, if that is all it does.
    pub(super) script: Option<Vec<String>>,
}

impl<'a> Facts<'a> {
    /// Of this container.
    pub(super) fn new(pod: &'a Value, container: &'a Value) -> Self {
        Self {
            pod: object::name(pod),
            namespace: object::namespace(pod),
            container: object::text(container, "/name"),
            image: object::text(container, "/image"),
            script: script(container),
        }
    }

    fn version(&self) -> &'a str {
        let name = self.image.rsplit('/').next().unwrap_or(self.image);
        name.split_once(':').map_or("latest", |(_, tag)| tag)
    }
}

/// What a plain command writes: `echo` says something, `sleep` and `true` nothing. None for any other program.
fn script(container: &Value) -> Option<Vec<String>> {
    let words: Vec<&str> = object::items(container, "/command")
        .iter()
        .chain(object::items(container, "/args"))
        .filter_map(Value::as_str)
        .collect();
    let program = |word: &str| word.rsplit('/').next().unwrap_or(word).to_owned();
    let first = program(words.first()?);
    let whole = match (first.as_str(), words.get(1)) {
        ("sh" | "bash" | "ash", Some(&"-c")) => (*words.get(2)?).to_owned(),
        _ => words.join(" "),
    };
    let mut said = Vec::new();
    for step in whole.split([';', '&', '|', '\n']) {
        let step = step.trim();
        let (program, rest) = step.split_once(char::is_whitespace).unwrap_or((step, ""));
        match program {
            "echo" => said.push(rest.trim_matches(['"', '\'']).to_owned()),
            "sleep" | "true" | "false" | "exit" | "" => {}
            _ => return None,
        }
    }
    Some(said)
}

const PATHS: &[&str] = &[
    "/",
    "/products/{sku}",
    "/products/{sku}/reviews",
    "/cart",
    "/cart/items",
    "/checkout",
    "/api/v1/orders",
    "/api/v1/orders/{order}",
    "/search?q=coffee+grinder",
    "/search?q=umbrella",
    "/account",
    "/login",
    "/static/app.4f2a91.js",
    "/static/app.c01e77.css",
    "/images/{sku}.webp",
    "/healthz",
    "/api/v1/stock/{sku}",
    "/favicon.ico",
];
const METHODS: &[&str] = &[
    "GET", "GET", "GET", "GET", "GET", "POST", "POST", "PUT", "PATCH", "DELETE",
];
const STATUSES: &[&str] = &[
    "200", "200", "200", "200", "200", "200", "200", "200", "304", "201", "204", "200", "302",
    "404", "200", "200", "400", "499", "200", "502",
];
const AGENTS: &[&str] = &[
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 15; SM-S928N) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
    "Googlebot/2.1 (+http://www.google.com/bot.html)",
    "kube-probe/1.35",
    "okhttp/4.12.0",
];
const STORES: &[&str] = &[
    "강남",
    "홍대",
    "성수",
    "판교",
    "부산서면",
    "대구동성로",
    "제주연동",
    "광화문",
];
const MENUS: &[&str] = &[
    "아메리카노",
    "카페라떼",
    "바닐라라떼",
    "콜드브루",
    "자몽에이드",
    "얼그레이",
    "치즈케이크",
    "소금빵",
];
const NAMES: &[&str] = &[
    "김서연",
    "이도윤",
    "박하준",
    "최지우",
    "정예린",
    "강민준",
    "윤소희",
    "한지민",
];
const CARRIERS: &[&str] = &["cj", "hanjin", "lotte", "epost"];
const CITIES: &[&str] = &[
    "Seoul", "Busan", "Incheon", "Daegu", "Daejeon", "Gwangju", "Suwon", "Jeju",
];
const TOPICS: &[&str] = &[
    "orders",
    "catalog-changes",
    "clicks",
    "payments",
    "shipments",
];
const TABLES: &[&str] = &[
    "orders",
    "order_items",
    "carts",
    "customers",
    "stock",
    "sessions",
    "entries",
];
const TEAMS: &[&str] = &[
    "shop-prod",
    "payments-prod",
    "search-prod",
    "accounts-live",
    "prod-logistics",
    "cafe-point-op",
];

/// Replaces each `{word}` by something that fits; what is no such word stays.
pub(super) fn fill(text: &str, facts: &Facts<'_>, key: u64) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    let mut place = 0_u64;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        filled.push_str(before);
        let Some(close) = after.find('}') else {
            break;
        };
        place += 1;
        if let Some(value) = one(&after[1..close], facts, dice::throw(key, place)) {
            filled.push_str(&value);
            rest = &after[close + 1..];
        } else {
            filled.push('{');
            rest = &after[1..];
        }
    }
    filled.push_str(rest);
    filled
}

fn one(word: &str, facts: &Facts<'_>, key: u64) -> Option<String> {
    let of = |choices: &[&str]| choices[(key % choices.len() as u64) as usize].to_owned();
    let between = |low: u64, high: u64| (low + key % (high - low)).to_string();
    // Most things are quick; few take long.
    let share = dice::share(key, "long");
    let millis = 2.0 + 18.0 * share + 900.0 * share.powi(12);
    Some(match word {
        "pod" => facts.pod.to_owned(),
        "namespace" => facts.namespace.to_owned(),
        "name" => facts.container.to_owned(),
        "version" => facts.version().to_owned(),
        "digit" => between(0, 10),
        "few" => between(1, 9),
        "n" => between(2, 60),
        "count" => between(120, 9_800),
        "many" => between(12_000, 984_000),
        "pct" => between(55, 97),
        "ms" => format!("{millis:.0}"),
        "ms.2" => format!("{:.2}", millis / 3.0),
        "s.3" => format!("{:.3}", millis / 1_000.0),
        "mib" => between(12, 240),
        "bytes" => between(180, 48_000),
        "won" => format!("{}00", between(15, 980)),
        "port" => between(32_768, 60_999),
        "order" => format!("ord-{}", dice::letters(key, "order", 8)),
        "user" => format!("u-{}", between(100_000, 999_999)),
        "sku" => format!("SKU-{}", between(10_000, 99_999)),
        "parcel" => format!("{}", 600_000_000_000 + key % 90_000_000_000),
        "hex" => format!("{:08x}", key as u32),
        "trace" => format!("{:016x}{:016x}", key, dice::throw(key, "trace")),
        "uuid" => dice::uuid(key, "uuid"),
        "ip" => format!("10.244.{}.{}", key % 6, 2 + key / 7 % 250),
        "client" => {
            let first = [1, 14, 27, 39, 58, 106, 118, 121, 175, 211][(key % 10) as usize];
            format!(
                "{first}.{}.{}.{}",
                key / 11 % 256,
                key / 13 % 256,
                1 + key / 17 % 254
            )
        }
        "path" => fill(PATHS[(key % PATHS.len() as u64) as usize], facts, key),
        "method" => of(METHODS),
        "status" => of(STATUSES),
        "agent" => of(AGENTS),
        "store" => of(STORES),
        "menu" => of(MENUS),
        "person" => of(NAMES),
        "carrier" => of(CARRIERS),
        "city" => of(CITIES),
        "topic" => of(TOPICS),
        "table" => of(TABLES),
        "team" => of(TEAMS),
        _ => return None,
    })
}
