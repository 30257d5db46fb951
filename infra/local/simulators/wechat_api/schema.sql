-- People and what they hold. A person has one openid for each account.
CREATE TABLE IF NOT EXISTS people (
    name TEXT PRIMARY KEY, openid TEXT UNIQUE, web_openid TEXT UNIQUE, unionid TEXT UNIQUE,
    phone TEXT, seen_at REAL, risk_rank INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS openids (openid TEXT PRIMARY KEY, appid TEXT, name TEXT);
CREATE TABLE IF NOT EXISTS without_unionid (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY, kind TEXT, person TEXT, scope TEXT, issued_at REAL, used_at REAL);
CREATE TABLE IF NOT EXISTS followers (
    openid TEXT PRIMARY KEY, appid TEXT, follows INTEGER, since REAL, scene TEXT, qr_scene INTEGER,
    qr_scene_str TEXT, remark TEXT NOT NULL DEFAULT '', blocks INTEGER NOT NULL DEFAULT 0);

CREATE TABLE IF NOT EXISTS tags (appid TEXT, id INTEGER, name TEXT, PRIMARY KEY (appid, id));
CREATE TABLE IF NOT EXISTS tagged (appid TEXT, tag_id INTEGER, openid TEXT, PRIMARY KEY (appid, tag_id, openid));
CREATE TABLE IF NOT EXISTS menus (id INTEGER PRIMARY KEY, appid TEXT, rule TEXT, buttons TEXT);

-- Tokens. revoked_at is when a token stops to be good, which may be later than its successor's birth.
DROP TABLE IF EXISTS tokens;
DROP TABLE IF EXISTS web_tokens;
CREATE TABLE IF NOT EXISTS access_tokens (
    token TEXT PRIMARY KEY, appid TEXT, kind TEXT, issued_at REAL, expires_at REAL, forced INTEGER, revoked_at REAL);
CREATE INDEX IF NOT EXISTS access_tokens_account ON access_tokens (appid, kind, issued_at);
CREATE TABLE IF NOT EXISTS tickets (
    ticket TEXT PRIMARY KEY, appid TEXT, type TEXT, expires_at REAL);
CREATE TABLE IF NOT EXISTS oauth_tokens (
    token TEXT PRIMARY KEY, appid TEXT, refresh_token TEXT, person TEXT, scope TEXT, expires_at REAL,
    refresh_until REAL);

-- Messages.
CREATE TABLE IF NOT EXISTS consents (
    openid TEXT, template_id TEXT, times_left INTEGER, PRIMARY KEY (openid, template_id));
CREATE TABLE IF NOT EXISTS messages (
    msgid INTEGER PRIMARY KEY, sent_at REAL, openid TEXT, template_id TEXT, page TEXT,
    miniprogram_state TEXT, data TEXT);
CREATE INDEX IF NOT EXISTS messages_person ON messages (openid);
CREATE TABLE IF NOT EXISTS client_messages (
    openid TEXT, client_msg_id TEXT, msgid INTEGER, sent_at REAL, PRIMARY KEY (openid, client_msg_id));
CREATE TABLE IF NOT EXISTS added_templates (
    template_id TEXT PRIMARY KEY, appid TEXT, added_at REAL, template TEXT);
CREATE TABLE IF NOT EXISTS deleted_templates (template_id TEXT, appid TEXT, PRIMARY KEY (template_id, appid));
CREATE TABLE IF NOT EXISTS industries (appid TEXT PRIMARY KEY, ids TEXT, at REAL);
CREATE TABLE IF NOT EXISTS conversations (
    msgid INTEGER PRIMARY KEY, at REAL, appid TEXT, openid TEXT, sender TEXT, msgtype TEXT, content TEXT);
CREATE INDEX IF NOT EXISTS conversations_person ON conversations (openid);
CREATE TABLE IF NOT EXISTS windows (
    openid TEXT, kind TEXT, until REAL, times_left INTEGER, PRIMARY KEY (openid, kind));
CREATE TABLE IF NOT EXISTS media (
    media_id TEXT PRIMARY KEY, appid TEXT, type TEXT, name TEXT, content_type TEXT, content BLOB, created_at REAL);

-- Codes and links.
CREATE TABLE IF NOT EXISTS limited_codes (appid TEXT, path TEXT, kind TEXT, PRIMARY KEY (appid, path, kind));
CREATE TABLE IF NOT EXISTS scene_codes (
    ticket TEXT PRIMARY KEY, appid TEXT, action_name TEXT, scene TEXT, url TEXT, expires_at REAL);
CREATE TABLE IF NOT EXISTS links (
    key TEXT PRIMARY KEY, kind TEXT, appid TEXT, path TEXT, query TEXT, env_version TEXT, created_at REAL,
    expires_at REAL);

-- Shipping.
CREATE TABLE IF NOT EXISTS paid_orders (
    transaction_id TEXT PRIMARY KEY, mchid TEXT, out_trade_no TEXT, openid TEXT,
    amount_fen INTEGER, paid_at REAL, state TEXT);
CREATE INDEX IF NOT EXISTS paid_orders_number ON paid_orders (out_trade_no);
CREATE TABLE IF NOT EXISTS shipments (
    transaction_id TEXT PRIMARY KEY, mchid TEXT, out_trade_no TEXT, openid TEXT,
    logistics_type INTEGER, delivery_mode INTEGER, finish_count INTEGER, parcels TEXT,
    upload_time TEXT, reported_at REAL, reports INTEGER, received_at REAL);
CREATE TABLE IF NOT EXISTS reminders (transaction_id TEXT PRIMARY KEY, received_time REAL, at REAL);

-- Checks of media, whose verdict is pushed when it is due.
CREATE TABLE IF NOT EXISTS media_verdicts (
    fragment TEXT PRIMARY KEY, suggest TEXT, label INTEGER, errcode INTEGER);
CREATE TABLE IF NOT EXISTS media_checks (
    trace_id TEXT PRIMARY KEY, appid TEXT, openid TEXT, due_at REAL, pushed_at REAL, verdict TEXT);

-- How often, and which requests were refused.
CREATE TABLE IF NOT EXISTS uses (
    appid TEXT, name TEXT, period TEXT, subject TEXT, window INTEGER, used INTEGER,
    PRIMARY KEY (appid, name, period, subject));
CREATE TABLE IF NOT EXISTS limits (name TEXT, period TEXT, most INTEGER, PRIMARY KEY (name, period));
CREATE TABLE IF NOT EXISTS refusals (
    rid TEXT PRIMARY KEY, appid TEXT, at REAL, cost_ms INTEGER, url TEXT, body TEXT, response TEXT, client_ip TEXT);
CREATE INDEX IF NOT EXISTS refusals_at ON refusals (at);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value REAL);
CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, last INTEGER);
INSERT OR IGNORE INTO numbers SELECT 'msgid', max(msgid) FROM messages HAVING max(msgid) IS NOT NULL;
