"""The pages that a person reads: the overview, the inbox, and the choice of who signs in."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from html import escape
from urllib.parse import quote, urlencode

from infra.local.simulators.wechat_api.messages import inbox as read_inbox
from infra.local.simulators.wechat_api.simulator import Simulator

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
LOGISTICS = {1: "快递", 2: "同城配送", 3: "虚拟商品", 4: "自提"}

STYLE = """
:root { --green: #07c160; --ink: #191919; --soft: #8a8a8a; --line: #e9e9e9; --ground: #ededed; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); line-height: 1.5;
  font-family: -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Helvetica Neue", sans-serif; }
header { background: #fff; border-bottom: 1px solid var(--line); padding: 14px 24px;
  display: flex; gap: 24px; align-items: baseline; flex-wrap: wrap; }
header b { font-size: 17px; } header b i { color: var(--green); font-style: normal; }
header span { color: var(--soft); font-size: 13px; margin-left: auto; }
a { color: #576b95; text-decoration: none; } a:hover { text-decoration: underline; }
main { max-width: 1080px; margin: 24px auto; padding: 0 16px; }
main.phone { max-width: 430px; }
section { background: #fff; border-radius: 10px; padding: 16px 20px; margin-bottom: 18px; overflow-x: auto; }
h2 { font-size: 15px; margin: 0 0 10px; } h2 small { color: var(--soft); font-weight: normal; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th { text-align: left; color: var(--soft); font-weight: normal; }
th, td { padding: 6px 10px 6px 0; border-top: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
td.wide { white-space: normal; } code { font-size: 12px; color: #555; }
.empty { color: var(--soft); font-size: 13px; margin: 4px 0; }
.figures { display: flex; gap: 14px; flex-wrap: wrap; margin-bottom: 18px; }
.figures div { background: #fff; border-radius: 10px; padding: 12px 20px; flex: 1 1 130px; }
.figures b { display: block; font-size: 26px; } .figures span { color: var(--soft); font-size: 13px; }
.who { display: flex; gap: 8px; flex-wrap: wrap; margin-bottom: 18px; font-size: 13px; }
.who a { background: #fff; border-radius: 16px; padding: 4px 14px; color: var(--ink); }
.who a.on { background: var(--green); color: #fff; }
.when { text-align: center; color: #b2b2b2; font-size: 12px; margin: 22px 0 10px; }
.card { background: #fff; border-radius: 10px; padding: 16px 18px 0; }
.card .from { font-size: 13px; color: var(--soft); display: flex; justify-content: space-between; }
.card h3 { margin: 8px 0 12px; font-size: 18px; font-weight: 600; }
.card dl { display: grid; grid-template-columns: 5.5em 1fr; gap: 6px 10px; margin: 0; font-size: 14px; }
.card dt { color: var(--soft); } .card dd { margin: 0; overflow-wrap: anywhere; }
.card .page { border-top: 1px solid var(--line); margin-top: 16px; padding: 11px 0; font-size: 14px;
  display: flex; justify-content: space-between; color: var(--soft); }
.card .page em { font-style: normal; color: var(--ink); }
.bad { color: #fa5151; } .ok { color: var(--green); }
.choose a, .choose button { display: block; width: 100%; border: 0; border-radius: 8px; padding: 11px; margin-top: 10px;
  background: var(--green); color: #fff; font-size: 15px; text-align: center; }
.choose a { background: #f2f2f2; color: var(--ink); }
.choose input { width: 100%; padding: 10px; font-size: 15px; border: 1px solid var(--line); border-radius: 8px; }
"""


def index(sim: Simulator, seen: dict) -> str:
    """People, tokens, messages, shipping reports, faults and the latest calls, on one page."""
    left = f"当前剩 {seen['token_left_s']} 秒" if seen["token_left_s"] is not None else "当前没有有效的"
    counts = seen["counts"]
    figures = [
        (counts["people"], "人"),
        (counts["access_tokens"], f"access_token · {left}"),
        (counts["messages"], "订阅消息"),
        (counts["shipments"], "发货信息"),
        (len(seen["faults"]), "故障规则"),
    ]
    return layout(
        sim,
        "概览",
        '<div class="figures">'
        + "".join(f"<div><b>{count}</b><span>{escape(label)}</span></div>" for count, label in figures)
        + "</div>"
        + people_table(seen["people"])
        + message_table(seen["messages"])
        + shipping_table(seen["shipments"], seen["lag_s"])
        + fault_table(seen["faults"])
        + call_table(seen["calls"]),
    )


def inbox(sim: Simulator, openid: str | None) -> str:
    """The latest messages of one person, or of all, as the phone shows them: newest first."""
    people = sim.database.execute(
        "SELECT DISTINCT messages.openid, name FROM messages JOIN openids USING (openid) JOIN people USING (name)"
        " ORDER BY seen_at DESC LIMIT 30"
    ).fetchall()
    choices = [("/inbox", "全部", openid is None)]
    choices += [("/inbox?openid=" + quote(one["openid"]), one["name"], one["openid"] == openid) for one in people]
    who = "".join(
        f'<a href="{escape(link)}"{" class=on" if chosen else ""}>{escape(name)}</a>' for link, name, chosen in choices
    )
    shown = read_inbox(sim, openid, limit=200)
    cards = "".join(card(message) for message in shown) or '<p class="empty">还没有消息。</p>'
    return layout(sim, "服务通知", f'<div class="who">{who}</div>{cards}', kind="phone")


def card(message: dict) -> str:
    fields = "".join(f"<dt>{escape(one['label'])}</dt><dd>{escape(one['value'])}</dd>" for one in message["fields"])
    opens = f"<em>进入小程序查看</em><code>{escape(message['page'])}</code>" if message["page"] else "<em>服务通知</em>"
    return (
        f'<div class="when">{when(message["sent_at"])}</div><div class="card">'
        f'<div class="from"><span>商城小程序</span><span>致 {escape(message["person"])}</span></div>'
        f'<h3>{escape(message["title"])}</h3><dl>{fields}</dl><div class="page">{opens}</div></div>'
    )


def choose_person(sim: Simulator, query: dict[str, str]) -> str:
    """The page behind an authorize link: one button for each known person, and a field for a new one."""
    kept = {key: value for key, value in query.items() if key != "sim_person"}
    rows = sim.database.execute("SELECT name FROM people ORDER BY seen_at DESC LIMIT 12").fetchall()
    links = "".join(
        f'<a href="/connect/oauth2/authorize?{escape(urlencode(kept | {"sim_person": row["name"]}))}">'
        f"{escape(row['name'])}</a>"
        for row in rows
    )
    hidden = "".join(
        f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">' for key, value in kept.items()
    )
    form = (
        f'<form action="/connect/oauth2/authorize">{hidden}'
        '<input name="sim_person" placeholder="名字" required maxlength="64" autofocus>'
        "<button>同意并登录</button></form>"
    )
    return layout(sim, "微信登录", f'<section class="choose"><h2>你是谁？</h2>{form}{links}</section>', kind="phone")


def notice(title: str, sentence: str) -> str:
    content = f"<section><h2>{escape(title)}</h2><p>{escape(sentence)}</p></section>"
    return document(title, f'<main class="phone">{content}</main>')


def people_table(people: list[dict]) -> str:
    rows = [
        [
            f'<a href="/inbox?openid={quote(one["openid"])}">{escape(one["person"])}</a>',
            f"<code>{one['openid']}</code>",
            f"<code>{one['unionid']}</code>",
            one["phone"],
            str(one["risk_rank"]),
            when(one["seen_at"]),
        ]
        for one in people
    ]
    return table(
        "人", ["名字", "openid", "unionid", "手机", "风险", "最近访问"], rows, "还没有人登录：用 sim:名字 登录。"
    )


def message_table(messages: list[dict]) -> str:
    rows = [
        [
            when(one["sent_at"]),
            escape(one["person"]),
            escape(one["title"]),
            " · ".join(escape(field["value"]) for field in one["fields"]),
        ]
        for one in messages
    ]
    return table(
        '最近的订阅消息 <small><a href="/inbox">全部</a></small>', ["时间", "致", "标题", "内容"], rows, "还没有消息。"
    )


def shipping_table(shipments: list[dict], lag_s: float) -> str:
    rows = [
        [
            when(one["reported_at"]),
            f"<code>{escape(one['out_trade_no'])}</code>",
            LOGISTICS[one["logistics_type"]],
            "<br>".join(
                escape(f"{parcel['express_company']} {parcel['tracking_no']} {parcel['goods_desc']}".strip())
                for parcel in one["parcels"]
            ),
            "已收货" if one["received_at"] else ("已发完" if one["finish_count"] else "部分发货"),
        ]
        for one in shipments
    ]
    note = f" <small>支付后 {lag_s:g} 秒内答 10060001</small>" if lag_s else ""
    return table("发货信息" + note, ["时间", "商户单号", "方式", "物流", "状态"], rows, "还没有发货信息。")


def fault_table(faults: list[dict]) -> str:
    known = ("at", "do", "openid", "times", "chance", "given")
    rows = [
        [
            f"<code>{escape(one['at'])}</code>",
            escape(one["do"] + "".join(f" {key}={one[key]}" for key in one if key not in known)),
            f"<code>{escape(one['openid'])}</code>",
            "不限" if one["times"] is None else str(one["times"]),
            str(one["given"]),
        ]
        for one in faults
    ]
    return table("故障计划", ["接口", "故障", "对谁", "还剩", "已给"], rows, "没有故障：一切照文档答复。")


def call_table(calls: list[dict]) -> str:
    rows = [
        [
            when(one["at"]),
            f"<code>{escape(one['path'])}</code>",
            f"<code>{escape(one['openid'])}</code>",
            outcome(one),
            escape(one["fault"] or ""),
        ]
        for one in calls
    ]
    return table("最近的调用", ["时间", "接口", "对谁", "结果", "故障"], rows, "还没有调用。")


def outcome(call: dict) -> str:
    if call["status"] != 200:
        return f'<span class="bad">HTTP {call["status"]}</span>'
    return f'<span class="bad">{call["errcode"]}</span>' if call["errcode"] else '<span class="ok">ok</span>'


def table(title: str, heads: list[str], rows: list[list[str]], empty: str) -> str:
    """``title`` and the cells are HTML already."""
    if not rows:
        return f'<section><h2>{title}</h2><p class="empty">{escape(empty)}</p></section>'
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "".join("<tr>" + "".join(f'<td class="wide">{cell}</td>' for cell in row) + "</tr>" for row in rows)
    return f"<section><h2>{title}</h2><table><tr>{head}</tr>{body}</table></section>"


def layout(sim: Simulator, title: str, content: str, *, kind: str = "") -> str:
    ahead = f" · 时钟快 {sim.clock.ahead_s:g} 秒" if sim.clock.ahead_s else ""
    return document(
        title,
        '<header><b><i>●</i> 微信接口模拟器</b><a href="/">概览</a><a href="/inbox">服务通知</a>'
        f"<span>{escape(sim.account['appid'])} · {when(sim.clock.now())}{ahead}</span></header>"
        f'<main class="{kind}">{content}</main>',
    )


def document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · 微信接口模拟器</title><style>{STYLE}</style></head><body>{body}</body></html>"
    )


def when(seconds: float) -> str:
    """Unix seconds as Shanghai time."""
    return datetime.fromtimestamp(seconds, SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
