"""The capabilities of the mall (能力清单): each row has an id that actions, tests and pages name.

`missing` says what a row that is there still lacks ("" where nothing does); None: it is not built yet.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    id: str
    title: str
    rules: str
    missing: str | None = None

    @property
    def is_there(self) -> bool:
        return self.missing is not None


CHAPTERS = {
    "A": "People",
    "B": "Goods",
    "C": "Finding things",
    "D": "Cart and price",
    "E": "Orders and money",
    "F": "Marketing",
    "G": "Fulfilment",
    "H": "After the sale",
    "I": "Reaching people",
    "J": "Safety",
    "K": "Knowing",
    "L": "Running it",
}

ROWS = (
    Row("A1", "Sign-in",
        "Mini program: cloud call identity, or `code2Session` -> session token. H5 / service account: OAuth2."
        " One person = one member (unionid joins openids). Phone by `getuserphonenumber`.",
        ""),
    Row("A2", "Address book",
        "default address; pasted text is parsed into name, phone, province, city, district, detail; at most "
        "20; an order keeps its own copy",
        ""),
    Row("A3", "Membership",
        "growth value from purchases and sign-ins; levels (ordinary / VIP / black gold, or bronze..platinum: "
        "data, not code); VIP at 5,000 yuan in total: 95% price and own service agent; black gold at 50,000 "
        "yuan in a year: 88% price and priority purchase; free shipping as a benefit; birthday gift; upgrade "
        "at once, downgrade by yearly review; benefits, points, coupons and unclaimed benefits in one member-"
        "centre call",
        "own service agent, priority purchase, birthday gift and unclaimed benefits in "
        "the member centre"),
    Row("A4", "Points",
        "earned by purchase, daily sign-in (streaks), review, share (double points); spent at checkout (cap "
        "per order) and in the points mall (goods or coupons); each lot expires (1 to 2 years), oldest spent "
        "first; a refund gives back what was spent and takes back what was earned; every movement is a ledger"
        " entry",
        "points for reviews and shares, the points mall"),
    Row("A5", "Portrait",
        "attributes (region, age, gender) + behaviour (view, favourite, share) + orders -> tags; monthly-"
        "spend tiers (>= 5,000 / 1,000-5,000 / < 1,000 yuan), social activity (KOC: 3+ shares a day / weekly "
        "/ silent), scenario (instant / planned / impulse); RFM; life cycle (new, growing, mature, "
        "declining); clustering; segments as saved rules, used by coupons, messages, prices and experiments",
        None),
    Row("A6", "Privacy (PIPL)",
        "purpose-wise consent with versions and withdrawal; phone, address, real name encrypted at rest "
        "(envelope, RSA/KMS-wrapped key, searchable by keyed hash); masked in every list and log; export my "
        "data; delete my account (orders kept, person gone)",
        "consent records, export of my data, account deletion"),
    Row("A7", "Favourites, footprints, follows",
        "paged, de-duplicated, feed the portrait",
        None),
    Row("A8", "Paid membership card (付费会员)",
        "price and period; benefits as data (member price, free freight, monthly coupons, double points, "
        "priority purchase); renewal reminder; unused part refunded by rule; in the ledger",
        None),
    Row("B1", "Three-level categories",
        "tags, filters, breadcrumbs, navigation in at most 3 steps",
        "filters by attribute"),
    Row("B2", "SPU and SKU",
        "specification matrix, SKU code unique, quantity price tiers, member price, commission ratio per SKU,"
        " media (main video, carousel, scenes), virtual goods (\"no logistics\", delivers a code), weight for "
        "freight, qualification papers where the category needs them",
        "qualification papers"),
    Row("B3", "Stock",
        "by warehouse; safe threshold raises a replenishment alert once per crossing; reserve -> commit / "
        "release; never below zero, never lost; hot SKU survives a flash sale; stock ledger",
        ""),
    Row("B4", "Shelf work",
        "batch list / unlist, timed listing, CSV/Excel import and export with a per-row error report, copy "
        "product",
        ""),
    Row("B5", "Detail page",
        "one call: media, price for this member, stock, specs, promotions that apply, reviews digest, real-"
        "time \"sold N\", related goods, share info",
        "reviews digest, related goods"),
    Row("B6", "Bundles",
        "fixed sets at a set price, stock drawn from each part, refunds split exactly",
        None),
    Row("B7", "Presale",
        "deposit + balance window, deposit multiplication, ship-by date, deposit rules on default",
        None),
    Row("B8", "Publishing check",
        "advertising-law words (absolute claims), WeChat text and image security, qualification; what fails "
        "is not shown, with the reason",
        None),
    Row("B9", "Purchase rules",
        "per-person limit (ever, per day), least quantity and multiples, for which level or segment; back-in-"
        "stock notice (one message once); brands and typed attributes, usable as filters",
        "limits by segment, back-in-stock notice, brands and typed attributes"),
    Row("C1", "Search",
        "Chinese words, pinyin and initials, typo tolerant, filters and sorts, exact-match first (> 90% "
        "precision at 1 on a stated test set)",
        None),
    Row("C2", "Suggest, hot words, history",
        "as-you-type, hot by recent searches, history clearable",
        None),
    Row("C3", "Recommendation",
        "home \"for you\" (what you viewed + goes with it), \"guess you like\", bought-together; new visitors get"
        " best sellers, regulars get long tail; unavailable goods never shown",
        None),
    Row("D1", "Cart",
        "select one/all, quantity, price live, invalid items kept apart, \"stock is short\", add-on hint (\"30 "
        "yuan more saves 50\")",
        ""),
    Row("D2", "Price engine",
        "one pure function prices every order: SKU/tier/member/flash/group/bundle price, full reduction steps"
        " (300-50), n-th item, limited-time discount, coupons, freight, points, balance; stacking rules are "
        "data; result explains every fen (which rule, which line, why another did not apply) and splits each "
        "discount over lines so that parts always add up; best coupon set chosen automatically",
        "flash and bundle prices"),
    Row("D3", "Freight",
        "templates by region, weight or piece; free-shipping threshold; remote-area rules; not-deliverable "
        "regions",
        ""),
    Row("D4", "Coupons",
        "full-reduction, discount (with cap), no-threshold, free shipping; scope by goods/category/all; total"
        " and per-person quota; claim centre, code, auto-issue, new-member gift (within 24 h of following), "
        "birthday, invite-3-unlock, dormant recall (7 days without order: 50-20), gift to a friend, expiry "
        "reminder; never more issued or used than allowed, returned on cancel/refund by rule",
        "issue by events and by segments, gifts to friends, reports"),
    Row("E1", "Place order",
        "one-click, cart, group, flash, presale, bargain, points, scan-to-buy; idempotent; price re-checked "
        "on the server, changed price is told not charged; stock reserved, coupon and points held, all or "
        "nothing",
        "flash, presale, bargain, points and scan-to-buy orders"),
    Row("E2", "Delivery kinds",
        "express; store pick-up with code; local delivery with a booked slot and overtime compensation; none "
        "(virtual)",
        "local delivery"),
    Row("E3", "State machine",
        "unpaid, to ship (or forming a group), shipped, received, closed, with after-sale beside it; every "
        "change recorded (who, why, when): the visible timeline; illegal changes are refused",
        "after-sale states"),
    Row("E4", "Expiry",
        "unpaid orders close after 30 min (flash 5 min) and give everything back; auto-receive after 10 days;"
        " a payment that lands after closing is refunded in full, automatically",
        ""),
    Row("E5", "WeChat Pay v3",
        "JSAPI, Native, H5; signature of every notification verified, amount and merchant checked, replay "
        "refused; a lost notification is found by query; duplicates and reordering change nothing",
        ""),
    Row("E6", "Refund",
        "full, partial by line, by amount (price difference, freight, compensation), several times; the buyer"
        " sees the state of the money and not only of the order; never more than paid; flash refund for "
        "trusted members; refund notification, and query for those that never answer",
        ""),
    Row("E7", "Profit sharing",
        "at once, frozen until receipt, service-provider mode; receivers; return on refund; unfreeze the rest",
        ""),
    Row("E8", "Stored value",
        "top-up and balance payment, off until the merchant records its licence; ledger, daily safeguarding "
        "report",
        ""),
    Row("E9", "Ledger",
        "every fen, point and commission moves by double entry; books balance after any crash",
        "commission"),
    Row("E10", "Reconciliation",
        "daily trade and fund-flow bill pulled, matched to orders and refunds; each difference is a case with"
        " a cause; archived to object storage",
        ""),
    Row("E11", "Merchant order desk",
        "search, batch ship (Excel), export, remarks, price change before payment, close",
        ""),
    Row("E12", "Invoices",
        "request, issue state, red-letter on refund",
        ""),
    Row("E13", "Several sellers",
        "goods, orders, coupons and settings belong to a seller (one by default); a cart splits into one "
        "order per seller and per parcel under one payment; a seller's staff see their own; shares settle by "
        "profit sharing, with a statement per seller",
        ""),
    Row("E14", "Sandbox for others",
        "both simulators serve what foreign SDKs use, in all key modes (public key only, certificate only, "
        "both), from one command, so that any other backend can be tested against them",
        ""),
    Row("F1", "Group buy",
        "2 or 3 (n) people, 48 h; open or join; \"1 more to go\"; seats never oversold; success -> ship, expiry"
        " -> automatic full refund; poster; optional leader price",
        "poster"),
    Row("F2", "Flash sale",
        "sessions, own stock pool, per-person limit, 5 min to pay, early access for priority members; queue "
        "answer under load",
        None),
    Row("F3", "Bargain",
        "friends cut the price to the floor (or to zero); number and size of cuts bounded so that the floor "
        "is met by the last, never before or below; one cut per person; new-friend weighting; abuse checks",
        None),
    Row("F4", "Assist",
        "invite 3 -> coupon, or 1-yuan purchase",
        None),
    Row("F5", "Lottery",
        "weighted prizes with stock, chances per day or per points, provable draw (seed published after), "
        "losers get the fallback",
        None),
    Row("F6", "Full reduction, limited-time discount, add-on, member day (\"Wednesday\"), hook product (9.9)",
        "schedules, scope, priority",
        ""),
    Row("F7", "Distribution",
        "at most 2 levels paid by default (never more than 3), commission per SKU or category, frozen until "
        "after-sale ends, taken back on refund, withdrawal by merchant transfer, monthly Top 10 board and "
        "reward",
        None),
    Row("F8", "Invite and share",
        "tracked share codes, double points, poster (picture with the mini-program code), induced-sharing "
        "rule respected",
        None),
    Row("F9", "Community group buy",
        "leader, chain list, pick-up at the leader's, leader commission",
        None),
    Row("F10", "Live",
        "rooms and goods synced, live-only price, source attributed to the order",
        None),
    Row("F11", "Points mall",
        "goods and coupons for points or points + money",
        None),
    Row("F12", "Gray release",
        "an activity or price opens to n% or to a segment first",
        None),
    Row("F13", "Promotion rehearsal",
        "a draft promotion or coupon is priced over real past orders before it starts: which orders change, "
        "what it costs, what it conflicts with",
        "freight is left as it was, but for coupons that take it off"),
    Row("G1", "Warehouses",
        "regional; an order goes to the nearest that has all, else is split; 48 h ship-by watch",
        "one line over several warehouses, a shop's own ship-by watch"),
    Row("G2", "Carriers",
        "pick by rules, price and region; waybill by WeChat logistics assistant or a courier aggregator; "
        "label picture/PDF",
        None),
    Row("G3", "Tracking",
        "carrier push (signed) and query; timeline; shipping info reported to WeChat; not collected in 72 h "
        "-> alert",
        "carrier push, timeline, uncollected alert"),
    Row("G4", "Pick-up and scan-to-buy",
        "store list by distance, pick-up code checked once, in-store scan order, points used offline",
        "store list, scan-to-buy"),
    Row("G5", "Local delivery",
        "slots with capacity, overtime compensation paid automatically",
        None),
    Row("G6", "Reverse",
        "door pick-up of returns, refund on scan where allowed",
        None),
    Row("H1", "Refund / return / exchange",
        "7 days without reason; refund-return answered in 48 h, exchange 72 h, arbitration 3-5 working days; "
        "timers escalate; progress visible; evidence pictures; amounts from the price split",
        None),
    Row("H2", "Compensation",
        "overselling, delay: tier 1 automatic (coupon), tier 2 supervisor, tier 3 public-relations case",
        None),
    Row("H3", "Reviews",
        "text, pictures, video; checked; follow-up; merchant reply; points; digest",
        None),
    Row("H4", "Customer service",
        "bot (keyword library, scripts, mood) in 5 s, hand-over to people (30 s queue), tickets with 2 h / 24"
        " h limits, satisfaction, KPI",
        None),
    Row("H5", "Feedback",
        "in-app form, routed, answered",
        None),
    Row("I1", "Subscribe, template, SMS, in-app popup",
        "consent counted per template, daily caps (100,000 template), one message once, quiet hours, failures"
        " retried",
        "SMS messages, popups"),
    Row("I2", "Reminders",
        "paid, shipped, group progress, coupon expiry, unpaid, balance due, slot, birthday, cart left behind",
        "balance due, slot, birthday, cart left behind"),
    Row("I3", "Campaigns",
        "segment x channel x time, with a holdout, measured",
        None),
    Row("I4", "Content",
        "articles with goods in them, read time, likes; checked before publishing",
        None),
    Row("I5", "Page builder (店铺装修)",
        "home and topic pages made of blocks (banner, navigation, goods, coupon, flash sale, group, article, "
        "video, notice, popup); edited in the console, versioned, previewed, timed; one call gives a page; "
        "pictures in the sizes that are shown",
        None),
    Row("I6", "Private traffic (企业微信, 公众号)",
        "group entry codes, tags of external contacts from segments, welcome card, a price for members of a "
        "group, chain orders (接龙), menus and article cards of the official account, advertising click ids "
        "kept with the order",
        None),
    Row("J1", "Risk",
        "base (WeChat user risk rank), business (order rules: frequency, address clusters, remote sign-in), "
        "strategy (behaviour score); Tencent RCE adapter; pass / challenge / deny in the order path within a "
        "budget; lists; every decision explained",
        "orders judged by themselves (WeChat's user risk rank, rules, RCE), challenges; staff block members by hand"),
    Row("J2", "Rate and abuse",
        "per member, device, IP; WeChat API budget (20 calls/s) shared by all instances",
        "device, shared budget of WeChat calls"),
    Row("J3", "Content security",
        "word library + WeChat / Tencent moderation; block, review desk, pass",
        None),
    Row("J4", "Audit and evidence",
        "who did what, append-only and hash-chained, daily root; trade evidence exportable and verifiable by "
        "a third party; adapter for a chain service",
        "trade evidence for third parties, chain adapter"),
    Row("J5", "Licence display",
        "business licence, ICP number, policies by version",
        None),
    Row("J6", "Staff",
        "roles, permissions per function, two-person rule for refunds over a limit and for settings that move"
        " money",
        ""),
    Row("K1", "Tracking",
        "batched events from clients, schema-checked, de-duplicated, source/channel/scene attributed, to "
        "columnar files in object storage",
        None),
    Row("K2", "Boards",
        "base: UV, PV, bounce, share conversion; business: GMV (week/month/quarter growth), orders, average "
        "order value, pay success, conversion funnel view-cart-pay, cancel, refund, 30-day repurchase, gold 4"
        " hours (20-24 h); strategy: LTV/CAC, ARPU, repurchase cycle, marginal cost, stock turnover days, "
        "out-of-stock rate, logistics complaints; by time, channel, goods, activity ROI; 7-day retention; RFM"
        " grid",
        None),
    Row("K3", "Alarms",
        "pay success in real time, cancel rate > 8% daily, average order value outside +-15%, complaints "
        "weekly, GMV swing, error rate and latency per function",
        None),
    Row("K4", "Experiments",
        "A/B on copy, price, layout: stable assignment, exposure log, significance and guardrails",
        None),
    Row("K5", "Forecast",
        "demand per SKU (naive, statistical and LSTM compared by back-test; the best serves), replenishment "
        "proposal",
        None),
    Row("K6", "High-value members",
        "gradient-boosted model with a measured lift, monthly re-training, scores to the portrait",
        None),
    Row("L1", "One command locally",
        "every function behind a local cloud: database, object store, timers, WeChat and WeChat Pay "
        "simulators with real signatures",
        ""),
    Row("L2", "Two clouds",
        "Tencent (SCF / CloudBase) and AWS (Lambda) from the same functions; packages under the size limits, "
        "all actions of the finished mall within SCF's 5 namespaces of 50 functions; bytecode shipped",
        "bytecode"),
    Row("L3", "Outgrow a machine",
        "MySQL-protocol distributed engine (TDSQL-C, TiDB, Galera) by a URL; nothing in a function's memory "
        "or disk matters",
        ""),
    Row("L4", "Release",
        "alias with weighted traffic, roll back, schema changes that old and new code both survive",
        ""),
    Row("L5", "Degrade",
        "H5 shop when the mini program's cloud call fails; cached catalogue; several API domains",
        "the H5 shop, a cached catalogue"),
    Row("L6", "Observe",
        "structured logs with a request id across functions, metrics, traces; log search by order",
        "alarms"),
    Row("L7", "Load",
        "full-chain load test with a report",
        "a report of the full chain"),
    Row("L8", "Merchant console",
        "web pages for all merchant work, boards as charts",
        "pages by hand for marketing, settlements, invoices and sellers (drawn pages serve them); the boards of K2"),
    Row("L9", "Client kit",
        "typed client for mini programs generated from the functions; API reference",
        ""),
    Row("L10", "Moving in",
        "importers from litemall, CRMEB and yudao tables: categories, goods, SKUs, stock, members (openid, "
        "phone, level, points, balance), addresses, coupons, open orders; dry run with a report, repeatable, "
        "every total proven equal",
        None),
)
