//! What the company wrote itself.

use super::super::voice::{
    Language::{Java, Node, Python},
    Level::{Debug, Error, Info, Warn},
    VOICE, Voice,
};

pub(super) const VOICES: &[Voice] = &[
    Voice {
        of: &["shop/web"],
        language: Node,
        loggers: &["router", "ssr", "cart"],
        banner: &["▲ shop-web {version}", "ready on http://0.0.0.0:3000 in {count} ms"],
        says: &[
            (9, Info, "GET {path} 200 in {ms}ms"),
            (3, Info, "GET /products/{sku} 200 in {ms}ms (cached)"),
            (2, Info, "POST /cart/items 201 in {ms}ms {user}"),
            (1, Info, "POST /checkout 303 in {ms}ms {order}"),
            (1, Debug, "revalidated /products/{sku}"),
            (1, Warn, "slow render of /search: {count}ms"),
            (1, Error, "GET /api/recommendations 504: upstream timed out, showing bestsellers"),
        ],
        ..VOICE
    },
    Voice {
        of: &["shop/api"],
        loggers: &["cart", "orders", "stock", "http"],
        banner: &["shop-api {version} (go1.23.4 linux/amd64)", "connected to postgres: pool of 20", "serving http on :8080, metrics on :9090"],
        says: &[
            (6, Info, "{method} {path} {status}"),
            (3, Info, "cart updated: {user} put {few} × {sku}"),
            (2, Info, "order {order} placed: {won} KRW"),
            (2, Info, "reserved {few} of {sku}"),
            (2, Debug, "cache hit cart:{user}"),
            (1, Warn, "payment gateway slow: {count} ms for {order}, will retry"),
            (1, Warn, "stock of {sku} is low: {few} left"),
            (1, Error, "could not place order: serialization failure, retrying\nat orders.(*Store).Place (/src/orders/store.go:214)\nat orders.(*Service).Checkout (/src/orders/service.go:88)\nat http.(*Handler).postOrder (/src/http/orders.go:41)"),
        ],
        ..VOICE
    },
    Voice {
        of: &["shop/worker"],
        loggers: &["queue", "orders", "mail"],
        banner: &["shop-worker {version}: 8 consumers on orders", "migrating job table to version 41"],
        says: &[
            (6, Info, "{order} confirmed, mail queued"),
            (4, Info, "{order} handed to {carrier} as {parcel}"),
            (2, Debug, "acked {n} messages"),
            (1, Warn, "{order}: invoice renderer answered 429, again in {few} s"),
        ],
        breaks: "cannot decode job {order}: unknown field \"deliverySlot\" (schema 41, want 40)",
        trace: "panic: jobs: schema mismatch: table is at version 41, this binary knows 40

goroutine 34 [running]:
example.com/shop/worker/jobs.(*Consumer).mustDecode(0xc00021e000, {0xc0003c4000, 0x2a1, 0x400})
\t/src/jobs/consumer.go:131 +0x2c5
example.com/shop/worker/jobs.(*Consumer).Run(0xc00021e000, {0x8d3f20, 0xc0000b6000})
\t/src/jobs/consumer.go:77 +0x1e8
created by main.main in goroutine 1
\t/src/cmd/worker/main.go:58 +0x4a6",
        ..VOICE
    },
    Voice {
        of: &["image-resizer"],
        loggers: &["resize"],
        banner: &["image-resizer {version}, libvips 8.16.0, 4 threads"],
        says: &[
            (6, Info, "resized {sku}.jpg to 640x640 webp, {bytes} bytes"),
            (3, Info, "served {sku}.webp from cache"),
            (1, Warn, "{sku}.tiff has no colour profile, assuming sRGB"),
        ],
        ..VOICE
    },
    Voice {
        of: &["shop/report", "analytics/etl", "analytics/compactor"],
        language: Python,
        loggers: &["extract", "transform", "load"],
        banner: &["{name} {version} started", "reading since yesterday 00:00 KST"],
        says: &[
            (3, Info, "read {many} rows of {table}"),
            (3, Info, "wrote part {n} ({mib} MiB)"),
            (2, Info, "aggregated {many} events of {topic}"),
            (1, Warn, "{few} rows without a customer were skipped"),
        ],
        done: "finished: {many} rows, report uploaded",
        ..VOICE
    },
    Voice {
        of: &["payments/gateway"],
        language: Java,
        loggers: &["c.e.p.g.CardController", "c.e.p.g.AcquirerClient", "c.e.p.g.IdempotencyFilter", "c.e.p.g.LedgerClient"],
        banner: &["Starting GatewayApplication {version} using Java 21.0.5 with PID 1", "Tomcat initialized with port 8443 (https)", "Started GatewayApplication in 6.214 seconds (process running for 6.871)"],
        says: &[
            (6, Info, "authorised {order}: {won} KRW, approval {hex}"),
            (4, Info, "captured {order}"),
            (2, Info, "refunded {order}: {won} KRW"),
            (2, Info, "idempotent replay of {order}, answered from store"),
            (1, Warn, "acquirer answered after {count} ms"),
            (1, Warn, "declined {order}: 51 insufficient funds"),
            (1, Error, "acquirer connection reset, failing over\njava.net.SocketException: Connection reset\n\tat java.base/sun.nio.ch.NioSocketImpl.implRead(NioSocketImpl.java:328)\n\tat com.example.payments.gateway.AcquirerClient.send(AcquirerClient.java:97)\n\tat com.example.payments.gateway.CardController.authorise(CardController.java:61)"),
        ],
        ..VOICE
    },
    Voice {
        of: &["fraud-score"],
        language: Python,
        loggers: &["scorer", "features"],
        banner: &["fraud-score {version}, torch 2.5.1, model 2026-11", "loaded 184 features, warmed up in {count} ms"],
        says: &[
            (6, Info, "scored {order}: 0.0{n} in {ms} ms"),
            (2, Info, "batch of 64 scored in {ms} ms"),
            (1, Warn, "{order}: 0.9{digit}, sent to review"),
            (1, Warn, "feature cache holds {many} entries and has no bound"),
        ],
        ..VOICE
    },
    Voice {
        of: &["payments/reconcile", "cafe/settlement"],
        loggers: &["reconcile"],
        banner: &["{name} {version}: closing the books"],
        says: &[
            (5, Info, "matched {count} captures with the acquirer's file"),
            (3, Info, "정산 {store}점: {won}원"),
            (1, Warn, "{few} captures are not in the file yet"),
        ],
        done: "books are closed: {count} matched, {few} open, 0 lost",
        ..VOICE
    },
    Voice {
        of: &["payments/migrate"],
        banner: &["migrate 4.18.1: ledger at version 41"],
        says: &[(1, Info, "0042_add_chargebacks: {many} rows rewritten")],
        done: "42/u add_chargebacks (31.84s)",
        ..VOICE
    },
    Voice {
        of: &["search/query"],
        loggers: &["query", "suggest"],
        banner: &["search-query {version}: analyzers nori, english", "serving on :8080"],
        says: &[
            (7, Info, "query answered: {count} hits, {n} shown"),
            (2, Info, "suggested {few} completions"),
            (1, Debug, "shard 2 answered first"),
            (1, Warn, "queue is {n} deep, shedding low priority"),
        ],
        ..VOICE
    },
    Voice {
        of: &["search/indexer"],
        loggers: &["bulk", "kafka"],
        banner: &["search-indexer {version}: group catalog-indexer joined, 6 partitions"],
        says: &[
            (5, Info, "indexed {count} documents in {ms} ms"),
            (2, Info, "committed offset {many} of catalog-changes/{digit}"),
            (1, Warn, "{few} documents rejected: mapper_parsing_exception on field [price]"),
        ],
        ..VOICE
    },
    Voice {
        of: &["search/reindex"],
        language: Python,
        banner: &["reindex-catalog {version}", "creating index catalog-v8 with 12 shards"],
        says: &[(4, Info, "copied {many} of 1482007 documents"), (1, Warn, "bulk request took {count} ms")],
        breaks: "giving up: index catalog-v8 is read-only",
        trace: "Traceback (most recent call last):
  File \"/app/reindex.py\", line 74, in <module>
    main()
  File \"/app/reindex.py\", line 52, in main
    helpers.bulk(client, documents(source), chunk_size=2000)
  File \"/usr/lib/python3.12/site-packages/opensearchpy/helpers/actions.py\", line 411, in bulk
    for ok, item in streaming_bulk(client, actions, *args, **kwargs):
opensearchpy.exceptions.AuthorizationException: AuthorizationException(403, 'cluster_block_exception', 'index [catalog-v8] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];')",
        ..VOICE
    },
    Voice {
        of: &["accounts/auth"],
        loggers: &["oidc", "session", "grpc"],
        banner: &["auth {version}, issuer https://login.example.com", "loaded 2 signing keys"],
        says: &[
            (6, Info, "{user} logged in by password"),
            (3, Info, "{user} logged in by passkey"),
            (3, Info, "token refreshed for {user}"),
            (1, Warn, "{user}: third wrong password from {client}"),
            (1, Debug, "session store round trip {ms.2} ms"),
        ],
        ..VOICE
    },
    Voice {
        of: &["accounts/profile"],
        loggers: &["profile", "avatar"],
        banner: &["profile {version} on :8080"],
        says: &[(4, Info, "{user} changed their address"), (3, Info, "avatar of {user} stored, {bytes} bytes"), (1, Warn, "address of {user} could not be verified")],
        ..VOICE
    },
    Voice {
        of: &["logistics/tracker"],
        loggers: &["poll", "carrier"],
        banner: &["tracker {version}: polling cj, hanjin, lotte, epost"],
        says: &[
            (5, Info, "{parcel} ({carrier}) is in {city}"),
            (3, Info, "{parcel} delivered in {city}"),
            (1, Warn, "{carrier} answered 503, next poll in 90s"),
            (1, Debug, "{count} parcels on the way"),
        ],
        ..VOICE
    },
    Voice {
        of: &["logistics/routes"],
        banner: &["routes {version}: graph kr-seoul loaded, {many} edges"],
        says: &[(5, Info, "route over {n} stops in {ms} ms"), (1, Warn, "no road between stops {few} and {few}, took the ferry")],
        ..VOICE
    },
    Voice {
        of: &["cafe/order-api"],
        language: Java,
        form: "{date} {time}{.ms}  {LEVEL} 1 --- [order-api] [nio-8080-exec-{few}] {logger} : {text}",
        loggers: &["k.c.order.OrderController", "k.c.point.PointService", "k.c.order.KitchenClient"],
        banner: &["주문 API {version} 시작", "데이터베이스 연결 완료 (HikariPool-1)", "어서 오세요"],
        says: &[
            (5, Info, "주문 접수 {order}: {store}점 {menu} {few}잔"),
            (3, Info, "결제 완료 {order} {won}원"),
            (3, Info, "포인트 적립 {person}님 +{count}P"),
            (2, Info, "{store}점 픽업 준비 완료 {order}"),
            (1, Warn, "{store}점 {menu} 재고 부족: {few}개 남음"),
            (1, Error, "결제 승인 실패 {order}: 카드사 응답 없음\nkr.cafe.order.PaymentTimeoutException: 승인 응답 시간 초과 (3000ms)\n\tat kr.cafe.order.PaymentClient.approve(PaymentClient.java:73)\n\tat kr.cafe.order.OrderController.place(OrderController.java:48)"),
        ],
        ..VOICE
    },
    Voice {
        of: &["cafe/kiosk-gateway"],
        banner: &["키오스크 게이트웨이 {version} 시작", "MQTT 브로커 연결: 1883"],
        says: &[
            (5, Info, "{store}점 키오스크 {few}번 상태 정상"),
            (3, Info, "{store}점 주문 전달 {order}"),
            (1, Warn, "{store}점 키오스크 {few}번 응답 지연 {count}ms"),
            (1, Warn, "영수증 용지 부족: {store}점 키오스크 {few}번"),
        ],
        ..VOICE
    },
    Voice {
        of: &["cafe/push-sender"],
        banner: &["알림 발송기 {version} 시작"],
        says: &[
            (5, Info, "알림 발송 {person}님: 주문하신 {menu} 나왔습니다"),
            (2, Info, "묶음 발송 {count}건 완료"),
            (1, Warn, "토큰 만료로 {few}건 제외"),
        ],
        ..VOICE
    },
    Voice {
        of: &["legacy/crm"],
        language: Java,
        form: "{time}{,ms} {LEVEL} [{logger}] {text}",
        loggers: &["org.hibernate.SQL", "crm.CustomerBean", "crm.ReportBean"],
        banner: &["CRM 2019.4 starting", "JNDI bound: java:/crmDS"],
        says: &[(4, Info, "Customer {user} loaded"), (1, Warn, "HHH000104: firstResult/maxResults specified with collection fetch; applying in memory!"), (1, Warn, "Session {hex} idle for {count} s")],
        ..VOICE
    },
    Voice {
        of: &["ml/ranker", "ml/embeddings"],
        language: Python,
        loggers: &["serving", "batcher"],
        banner: &["loading model {version}", "model ready on :8500, 2 intra-op threads"],
        says: &[(6, Info, "ranked {n} candidates for {user} in {ms} ms"), (2, Info, "batch of {n} in {ms} ms"), (1, Warn, "features of {user} are {few} days old")],
        ..VOICE
    },
    Voice {
        of: &["ml/train"],
        language: Python,
        banner: &["two-tower {version}: 8 epochs, batch 4096"],
        says: &[(5, Info, "epoch {few}/8 step {count}: loss 0.{count} auc 0.8{digit}"), (1, Info, "checkpoint saved to s3://models/two-tower/{version}")],
        ..VOICE
    },
    Voice {
        of: &["ci/runner"],
        language: Node,
        form: "{date} {time}Z: {text}",
        banner: &["√ Connected to the server", "Current runner version: '{version}'", "Listening for Jobs"],
        says: &[(4, Info, "Running job: test ({team})"), (3, Info, "Job test completed with result: Succeeded"), (1, Info, "Job lint completed with result: Failed"), (1, Info, "Running job: image {version}")],
        ..VOICE
    },
];
