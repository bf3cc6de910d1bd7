#![expect(clippy::unwrap_used, reason = "a test says what it expected and ends")]
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::*;
use crate::demo::{
    access::{
        escalation::escalates,
        review::review,
        who::{Tokens, who},
    },
    resource::{
        ACCESS, CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, LOCAL_ACCESS, NAMESPACES, PODS, RESOURCES,
        ROLE_BINDINGS, ROLES, SELF_ACCESS, SELF_REVIEWS, SELF_RULES,
    },
};

/// `developers` edit and administer roles in `shop` by the roles of every cluster, and have odd rights of their own.
fn cluster() -> State {
    let mut state = State::new(1, 0, 1.0);
    let bind = |name: &str, kind: &str, role: &str, subject: Value| {
        json!({
            "metadata": {"name": name},
            "roleRef": {"kind": kind, "name": role, "apiGroup": "rbac.authorization.k8s.io"},
            "subjects": [subject],
        })
    };
    let developers = || json!({"kind": "Group", "name": "developers"});
    let mut odd = json!({
        "metadata": {"name": "odd"},
        "rules": [
            {"verbs": ["get"], "apiGroups": ["*"], "resources": ["*/scale"]},
            {"verbs": ["get", "delete"], "apiGroups": [""], "resources": ["nodes"], "resourceNames": ["node-1"]},
            {"verbs": ["*"], "nonResourceURLs": ["/metrics", "/logs/*"]},
            {"verbs": ["impersonate"], "apiGroups": [""], "resources": ["users"], "resourceNames": ["bob"]},
        ],
    });
    state.store.put(&CLUSTER_ROLES, &mut odd);
    let mut odd = bind("odd", "ClusterRole", "odd", developers());
    state.store.put(&CLUSTER_ROLE_BINDINGS, &mut odd);
    let mut lost = bind("lost", "ClusterRole", "gone", developers());
    state.store.put(&CLUSTER_ROLE_BINDINGS, &mut lost);
    let mut admin = bind("admins", "ClusterRole", "admin", developers());
    admin["metadata"]["namespace"] = json!("shop");
    state.store.put(&ROLE_BINDINGS, &mut admin);
    let mut robot = bind(
        "robot",
        "Role",
        "reader",
        json!({"kind": "ServiceAccount", "name": "robot"}),
    );
    robot["metadata"]["namespace"] = json!("shop");
    state.store.put(&ROLE_BINDINGS, &mut robot);
    let mut reader = json!({
        "metadata": {"name": "reader", "namespace": "shop"},
        "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods/log"]}],
    });
    state.store.put(&ROLES, &mut reader);
    state
}

fn developer() -> User {
    User::new("developer", &["developers"])
}

fn robot() -> User {
    User::new("system:serviceaccount:shop:robot", &[])
}

#[test]
fn rules_allow_what_they_say() {
    let state = cluster();
    let anonymous = who(&state, &HeaderMap::new(), &Tokens::default()).unwrap();
    let (developer, robot) = (developer(), robot());
    let admin = User::new("admin", &[MASTERS]);
    let ask = |verb, group, resource, subresource, namespace, name| Ask {
        verb,
        group,
        resource,
        subresource,
        namespace,
        name,
        path: "",
    };
    for (user, ask, allowed) in [
        (&admin, ask("escape", "x", "y", "", "", ""), true),
        (&developer, ask("list", "", "pods", "", "shop", ""), true),
        (&developer, ask("list", "", "pods", "", "", ""), false),
        (&developer, ask("list", "", "pods", "", "other", ""), false),
        (
            &developer,
            ask("create", "", "pods", "exec", "shop", "web"),
            true,
        ),
        (
            &developer,
            ask("create", "", "pods", "binding", "shop", "web"),
            false,
        ),
        (
            &developer,
            ask("get", "apps", "deployments", "scale", "other", "web"),
            true,
        ),
        (
            &developer,
            ask("get", "apps", "deployments", "", "other", "web"),
            false,
        ),
        (
            &developer,
            ask("delete", "", "nodes", "", "", "node-1"),
            true,
        ),
        (
            &developer,
            ask("delete", "", "nodes", "", "", "node-2"),
            false,
        ),
        (&developer, ask("list", "", "nodes", "", "", ""), false),
        (&developer, Ask::path("get", "/metrics"), true),
        (&developer, Ask::path("get", "/metrics/x"), false),
        (&developer, Ask::path("get", "/logs/kubelet"), true),
        (&developer, Ask::path("get", "/apis/apps/v1"), true),
        (&developer, Ask::path("post", "/apis/apps/v1"), false),
        (&robot, ask("get", "", "pods", "log", "shop", "web"), true),
        (&robot, ask("get", "", "pods", "", "shop", "web"), false),
        (&robot, ask("get", "", "pods", "log", "other", "web"), false),
        (&anonymous, Ask::path("get", "/healthz"), true),
        (&anonymous, Ask::path("get", "/api"), false),
        (
            &developer,
            Ask::of("get", &NAMESPACES, "", "", "shop"),
            true,
        ),
        (&developer, Ask::of("list", &NAMESPACES, "", "", ""), false),
    ] {
        assert_eq!(allows(&state, user, &ask).allowed, allowed, "{ask:?}");
    }
    let reason = |user, ask| allows(&state, user, &ask).reason;
    assert_eq!(
        reason(&developer, ask("list", "", "pods", "", "shop", "")),
        "RBAC: allowed by RoleBinding \"admins/shop\" of ClusterRole \"admin\" to Group \"developers\""
    );
    assert_eq!(
        reason(&robot, ask("get", "", "pods", "log", "shop", "web")),
        "RBAC: allowed by RoleBinding \"robot/shop\" of Role \"reader\" to ServiceAccount \"robot/shop\""
    );
}

#[test]
fn who_may_not_is_told_as_a_server_tells() {
    let nobody = User::new("nobody", &[]);
    // Recorded from Kubernetes 1.35.
    for (ask, message, details) in [
        (
            Ask::of("list", &PODS, "", "shop", ""),
            "pods is forbidden: User \"nobody\" cannot list resource \"pods\" in API group \"\" in the namespace \"shop\"",
            json!({"kind": "pods"}),
        ),
        (
            Ask::of("get", &PODS, "log", "shop", "web"),
            "pods \"web\" is forbidden: User \"nobody\" cannot get resource \"pods/log\" in API group \"\" in the namespace \"shop\"",
            json!({"kind": "pods", "name": "web"}),
        ),
        (
            Ask::of("list", &NAMESPACES, "", "", ""),
            "namespaces is forbidden: User \"nobody\" cannot list resource \"namespaces\" in API group \"\" at the cluster scope",
            json!({"kind": "namespaces"}),
        ),
        (
            Ask::of("get", &NAMESPACES, "", "", "shop"),
            "namespaces \"shop\" is forbidden: User \"nobody\" cannot get resource \"namespaces\" in API group \"\" in the namespace \"shop\"",
            json!({"kind": "namespaces", "name": "shop"}),
        ),
        (
            Ask::of("create", &ROLES, "", "shop", ""),
            "roles.rbac.authorization.k8s.io is forbidden: User \"nobody\" cannot create resource \"roles\" in API group \"rbac.authorization.k8s.io\" in the namespace \"shop\"",
            json!({"kind": "roles", "group": "rbac.authorization.k8s.io"}),
        ),
        (
            Ask::path("put", "/foo/<x>"),
            "forbidden: User \"nobody\" cannot put path \"/foo/&lt;x&gt;\"",
            json!({}),
        ),
    ] {
        let refusal = check(&cluster(), &nobody, &ask).unwrap_err();
        assert_eq!((refusal.code, refusal.reason), (403, "Forbidden"));
        assert_eq!(refusal.message, message);
        assert_eq!(refusal.details, details);
    }
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pairs = pairs.iter().map(|(name, value)| {
        let name = HeaderName::try_from(*name).unwrap();
        (name, HeaderValue::try_from(*value).unwrap())
    });
    pairs.collect()
}

#[test]
fn a_request_is_from_whom_it_says_if_they_may() {
    let state = cluster();
    let mut tokens = Tokens::default();
    tokens.add("developer", developer());
    tokens.add("admin", User::new("admin", &[MASTERS]));
    let asked = |pairs: &[(&str, &str)]| who(&state, &headers(pairs), &tokens);
    let by_token = asked(&[("Authorization", "Bearer developer")]);
    assert_eq!(by_token, Ok(developer()));
    assert_eq!(asked(&[]).unwrap().name, ANONYMOUS);
    let unknown = asked(&[("Authorization", "Bearer root")]).unwrap_err();
    assert_eq!(
        (unknown.code, unknown.message.as_str()),
        (401, "Unauthorized")
    );

    let admin = ("Authorization", "Bearer admin");
    let other = asked(&[
        admin,
        ("Impersonate-User", "bob"),
        ("Impersonate-Uid", "7"),
        ("Impersonate-Extra-x%2fy", "b"),
    ])
    .unwrap();
    assert_eq!(other.groups, [AUTHENTICATED]);
    assert_eq!(other.uid.as_deref(), Some("7"));
    assert_eq!(other.extra["x/y"], ["b"]);
    let account = asked(&[
        admin,
        ("Impersonate-User", "system:serviceaccount:shop:robot"),
    ]);
    assert_eq!(
        account.unwrap().groups,
        [
            "system:serviceaccounts",
            "system:serviceaccounts:shop",
            AUTHENTICATED
        ]
    );
    let grouped = asked(&[
        admin,
        ("Impersonate-User", "bob"),
        ("Impersonate-Group", "developers"),
        ("Impersonate-Group", "viewers"),
    ]);
    assert_eq!(
        grouped.unwrap().groups,
        ["developers", "viewers", AUTHENTICATED]
    );

    let own = ("Authorization", "Bearer developer");
    let bob = ("Impersonate-User", "bob");
    assert_eq!(asked(&[own, bob]).unwrap().name, "bob");
    // Recorded from Kubernetes 1.35.
    for (pairs, message) in [
        (
            &[own, ("Impersonate-User", "eve")][..],
            "users \"eve\" is forbidden: User \"developer\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope",
        ),
        (
            &[own, bob, ("Impersonate-Group", "system:masters")],
            "groups \"system:masters\" is forbidden: User \"developer\" cannot impersonate resource \"groups\" in API group \"\" at the cluster scope",
        ),
        (
            &[own, bob, ("Impersonate-Extra-Scopes", "a")],
            "userextras.authentication.k8s.io \"a\" is forbidden: User \"developer\" cannot impersonate resource \"userextras/scopes\" in API group \"authentication.k8s.io\" at the cluster scope",
        ),
        (
            &[
                own,
                ("Impersonate-User", "system:serviceaccount:other:default"),
            ],
            "serviceaccounts \"default\" is forbidden: User \"developer\" cannot impersonate resource \"serviceaccounts\" in API group \"\" in the namespace \"other\"",
        ),
        (
            &[
                own,
                ("Impersonate-Uid", "a"),
                ("Impersonate-Group", "x"),
                ("Impersonate-Extra-Scopes", "a"),
            ],
            "requested [{Group  x    } {UserExtra  a  authentication.k8s.io/v1  scopes} {UID  a  authentication.k8s.io/v1  }] without impersonating a user",
        ),
    ] {
        assert_eq!(asked(pairs).unwrap_err().message, message);
    }
}

#[test]
fn reviews_say_what_holds() {
    let state = cluster();
    let list = |namespace| json!({"namespace": namespace, "verb": "list", "resource": "pods"});
    let mine = |spec: Value| review(&state, &developer(), &SELF_ACCESS, json!({"spec": spec}));
    let allowed = mine(json!({"resourceAttributes": list("shop")})).unwrap();
    assert_eq!(allowed["kind"], "SelfSubjectAccessReview");
    assert_eq!(allowed["status"]["allowed"], json!(true));
    let refused = mine(json!({"resourceAttributes": list("other")})).unwrap();
    assert_eq!(refused["status"], json!({"allowed": false}));
    let path = mine(json!({"nonResourceAttributes": {"path": "/api", "verb": "get"}})).unwrap();
    assert_eq!(
        path["status"]["reason"],
        "RBAC: allowed by ClusterRoleBinding \"system:discovery\" of ClusterRole \"system:discovery\" to Group \"system:authenticated\""
    );
    let neither = mine(json!({})).unwrap_err();
    assert_eq!(
        neither.message,
        ".authorization.k8s.io \"\" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified"
    );

    let theirs = json!({"spec": {"user": "developer", "groups": ["developers"], "resourceAttributes": list("shop")}});
    let theirs = review(&state, &User::default(), &ACCESS, theirs).unwrap();
    assert_eq!(theirs["status"]["allowed"], json!(true));
    let local = json!({"metadata": {"namespace": "x"}, "spec": {"user": "a", "resourceAttributes": list("shop")}});
    let local = review(&state, &User::default(), &LOCAL_ACCESS, local).unwrap_err();
    assert!(
        local
            .message
            .ends_with("Invalid value: \"shop\": must match metadata.namespace")
    );

    let rules = review(
        &state,
        &robot(),
        &SELF_RULES,
        json!({"spec": {"namespace": "shop"}}),
    );
    let rules = &rules.unwrap()["status"];
    let own = rules["resourceRules"].as_array().unwrap().last().unwrap();
    assert_eq!(
        *own,
        json!({"verbs": ["get"], "apiGroups": [""], "resources": ["pods/log"]})
    );
    assert_eq!(rules["incomplete"], json!(false));
    assert_eq!(rules["nonResourceRules"].as_array().unwrap().len(), 2);

    let me = review(&state, &developer(), &SELF_REVIEWS, json!({})).unwrap();
    assert_eq!(
        me["status"]["userInfo"],
        json!({"username": "developer", "groups": ["developers", "system:authenticated"]})
    );
}

#[test]
fn nobody_gives_more_than_they_have() {
    let state = cluster();
    let role = |rules: Value| {
        let role = json!({"metadata": {"name": "x", "namespace": "shop"}, "rules": rules});
        escalates(&state, &developer(), &ROLES, &role)
    };
    let bind = |kind: &str, name: &str| {
        let binding = json!({
            "metadata": {"name": "x", "namespace": "shop"},
            "roleRef": {"kind": kind, "name": name},
        });
        escalates(&state, &developer(), &ROLE_BINDINGS, &binding)
    };
    let held = json!([
        {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods", "pods/log"]},
        {"verbs": ["get"], "apiGroups": ["apps"], "resources": ["deployments/scale"], "resourceNames": ["web"]},
    ]);
    assert_eq!(role(held), None);
    assert_eq!(bind("ClusterRole", "view"), None);
    let begun = "is forbidden: user \"developer\" (groups=[\"developers\" \"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n";
    // Recorded from Kubernetes 1.35.
    for (refusal, name, missing) in [
        (
            role(json!([
                {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods", "nodes"]},
                {"verbs": ["*"], "apiGroups": ["apps"], "resources": ["deployments"], "resourceNames": ["web"]},
            ])),
            "roles",
            "{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"get\" \"list\"]}\n{APIGroups:[\"apps\"], Resources:[\"deployments\"], ResourceNames:[\"web\"], Verbs:[\"*\"]}",
        ),
        (
            role(json!([{"verbs": ["get"], "nonResourceURLs": ["/x"]}])),
            "roles",
            "{NonResourceURLs:[\"/x\"], Verbs:[\"get\"]}",
        ),
        (
            bind("ClusterRole", "cluster-admin"),
            "rolebindings",
            "{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}\n{NonResourceURLs:[\"*\"], Verbs:[\"*\"]}",
        ),
    ] {
        let said = format!("{name}.rbac.authorization.k8s.io \"x\" {begun}{missing}");
        assert_eq!(refusal.unwrap().message, said);
    }
    assert_eq!(bind("Role", "none").map(|refusal| refusal.code), Some(404));
    let admin = User::new("admin", &[MASTERS]);
    let all = bootstrap::role("cluster-admin").unwrap();
    assert_eq!(escalates(&state, &admin, &CLUSTER_ROLES, &all), None);
    // A change that gives nothing is no escalation, whatever the role says.
    let known = state.get(&CLUSTER_ROLES, "", "odd").unwrap();
    let eve = User::new("eve", &[]);
    assert_eq!(escalates(&state, &eve, &CLUSTER_ROLES, &known), None);
}

#[test]
fn the_first_roles_speak_of_what_is_served() {
    for (_, object) in bootstrap::objects() {
        for rule in rules::Rule::of(&object) {
            for group in &rule.groups {
                for named in &rule.resources {
                    let (plural, below) = named.split_once('/').unwrap_or((named, ""));
                    let served = named == "*"
                        || RESOURCES.iter().any(|resource| {
                            (resource.group, resource.plural) == (group, plural)
                                && (below.is_empty() || resource.below.contains(&below))
                        });
                    assert!(served, "{group} {named}");
                }
            }
        }
    }
}
