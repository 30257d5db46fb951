"""Pages for people: the overview, and the checkout with its QR code and its pay button."""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import Any
from urllib.parse import urlsplit

from infra.local.simulators.wechat_pay import orders
from infra.local.simulators.wechat_pay.books import Notice, Order, Refund
from infra.local.simulators.wechat_pay.simulator import Simulator
from infra.local.simulators.wechat_pay.validation import CHINA

SHOWN = 50

STYLE = """
:root { --green: #07c160; --ink: #1f2329; --faint: #8a9099; --line: #e8eaed; --paper: #fff; --ground: #f4f6f8 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --faint: #8f96a0; --line: #30353c; --paper: #1d2126; --ground: #14171a } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 14px/1.5 -apple-system, "PingFang SC", "Noto Sans CJK SC", "Segoe UI", sans-serif }
header { background: var(--green); color: #fff; padding: 14px 24px; display: flex; gap: 16px; align-items: baseline }
header h1 { font-size: 18px; margin: 0 } header span { opacity: .85 }
main { max-width: 1180px; margin: 0 auto; padding: 20px 24px }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin-bottom: 20px }
.tile, section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px }
.tile { padding: 12px 16px } .tile b { display: block; font-size: 20px } .tile span { color: var(--faint) }
section { margin-bottom: 20px; overflow-x: auto } h2 { font-size: 15px; margin: 0; padding: 12px 16px }
table { width: 100%; border-collapse: collapse } th { color: var(--faint); font-weight: normal; text-align: left }
th, td { padding: 7px 16px; border-top: 1px solid var(--line); white-space: nowrap }
td.money { text-align: right; font-variant-numeric: tabular-nums } td.wide { white-space: normal; min-width: 180px }
code { font: 12px/1.4 ui-monospace, Menlo, monospace } small, .none { color: var(--faint) } .none { padding: 10px 16px }
.state { padding: 1px 9px; border-radius: 9px; background: #8a909926; font-size: 12px }
.state.good { background: #07c16026; color: var(--green) } .state.bad { background: #fa515126; color: #fa5151 }
.state.wait { background: #ffc30033; color: #b88400 }
button, .button { border: 0; border-radius: 6px; background: var(--green); color: #fff; padding: 4px 14px;
  font: inherit; cursor: pointer; text-decoration: none } button.quiet { background: #8a909926; color: var(--ink) }
a { color: inherit }
.card { max-width: 380px; margin: 48px auto; padding: 32px; text-align: center; background: var(--paper);
  border: 1px solid var(--line); border-radius: 16px }
.card .amount { font-size: 36px; font-weight: 600; margin: 8px 0 16px }
.card svg { background: #fff; padding: 8px; border-radius: 8px; max-width: 100% }
.card button, .card .button { display: block; width: 100%; padding: 12px; font-size: 16px; margin-top: 20px }
"""

SCRIPT = """
async function act(method, path) {
  const answer = await fetch(path, {method});
  if (!answer.ok) alert((await answer.json()).message);
  await refresh();
}
async function refresh() {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  document.querySelector('main').innerHTML = page.querySelector('main').innerHTML;
}
setInterval(() => { if (!document.hidden) refresh().catch(() => {}) }, 2000);
"""

TONES = {
    "SUCCESS": "good",
    "DELIVERED": "good",
    "NOTPAY": "wait",
    "PROCESSING": "wait",
    "PENDING": "wait",
    "ABNORMAL": "bad",
    "GIVEN_UP": "bad",
}


def index(simulator: Simulator) -> str:
    """Orders, refunds, notices and the fault plan, redrawn every two seconds."""
    books = simulator.platform.books
    notices = books.newest_notices(SHOWN)
    return _page(
        "WeChat Pay simulator",
        f'<header><h1>WeChat Pay simulator 微信支付</h1><span>{escape(simulator.platform.keys.mchid)}'
        f' · {escape(", ".join(simulator.platform.keys.appids))}</span></header><main>'
        + _tiles(simulator)
        + _table(
            "Orders 订单",
            ["Number", "What", "Type", "Amount", "State", "Made", ""],
            [_order_row(simulator, order) for order in books.newest_orders(SHOWN)],
        )
        + _table(
            "Refunds 退款",
            ["Number", "Order", "Amount", "State", "Asked for", "Reason"],
            [_refund_row(refund) for refund in books.newest_refunds(SHOWN)],
        )
        + _table(
            "Notices 通知",
            ["Event", "Order", "State", "Sent", "Last outcome", "To"],
            [_notice_row(notice, books.attempts_of(notice.id)) for notice in notices],
        )
        + _plan(simulator)
        + "</main>",
    )


def checkout(simulator: Simulator, order: Order, redirect_url: str) -> str:
    """One order to be paid by a person: its QR code when it is Native, and a button."""
    state = orders.shown_state(simulator.platform, order)
    amount = f'<div class="amount">{_yuan(order.total_fen)}</div>'
    if state == orders.NOTPAY:
        inside = amount + _qr_code(simulator, order) + _pay_button(order, "支付 Pay")
    else:
        inside = amount + f"<p>{_state(state)} {escape(orders.STATE_TEXT[state])}</p>"
        if redirect_url.startswith(("http://", "https://")):
            inside += f'<a class="button" href="{escape(redirect_url)}">返回商家 Back to the shop</a>'
    return _page(
        order.description,
        f'<main><div class="card"><small>商户 {escape(order.mchid)}</small><h1>{escape(order.description)}</h1>'
        f"{inside}<p><small>{escape(order.out_trade_no)}</small></p></div></main>",
    )


def not_found() -> str:
    return _page("No such order", '<main><div class="card"><h1>订单不存在</h1>No such order.</div></main>')


def _qr_code(simulator: Simulator, order: Order) -> str:
    if order.trade_type != "NATIVE":
        return ""
    import segno  # only this page draws

    token, _ = simulator.platform.books.latest_prepay(order.out_trade_no)
    return segno.make(f"weixin://wxpay/bizpayurl?pr={token}", micro=False).svg_inline(scale=6)


def _pay_button(order: Order, label: str) -> str:
    return f"<button onclick=\"act('POST', '/_sim/pay/{escape(order.out_trade_no)}')\">{label}</button>"


def _tiles(simulator: Simulator) -> str:
    platform = simulator.platform
    funds = platform.books.fund_totals_fen()
    ahead = f"{platform.ahead_s:+.0f} s" if platform.ahead_s else "real time"
    tiles = [
        (_yuan(funds.get("income", 0)), "received 收入"),
        (_yuan(-funds.get("refund", 0) - funds.get("refund_return", 0)), "refunded 退款"),
        (_yuan(-funds.get("fee", 0) - funds.get("fee_return", 0)), "fees 手续费"),
        (_yuan(platform.books.balance_fen()), "balance 余额"),
        (_clock(platform.now()), f"clock 时钟 · {ahead}"),
        (platform.keys.mode, "keys 密钥"),
    ]
    drawn = "".join(f'<div class="tile"><b>{figure}</b><span>{meaning}</span></div>' for figure, meaning in tiles)
    return f'<div class="tiles">{drawn}</div>'


def _order_row(simulator: Simulator, order: Order) -> str:
    state = orders.shown_state(simulator.platform, order)
    return _row(
        f'<a href="/_sim/checkout/{escape(order.out_trade_no)}"><code>{escape(order.out_trade_no)}</code></a>',
        escape(order.description),
        order.trade_type,
        _money(order.total_fen),
        _state(state),
        _clock(order.created_at),
        _pay_button(order, "Pay") if state == orders.NOTPAY else "",
    )


def _refund_row(refund: Refund) -> str:
    return _row(
        f"<code>{escape(refund.out_refund_no)}</code>",
        f"<code>{escape(refund.out_trade_no)}</code>",
        _money(refund.refund_fen),
        _state(refund.state),
        _clock(refund.created_at),
        escape(refund.reason),
    )


def _notice_row(notice: Notice, attempts: list[dict[str, Any]]) -> str:
    last = attempts[-1] if attempts else {"outcome": "", "fault": None}
    fault = f' <span class="state bad">{escape(last["fault"])}</span>' if last["fault"] else ""
    following = f"<br><small>again at {_clock(notice.due_at)}</small>" if notice.due_at and attempts else ""
    return _row(
        escape(notice.event_type),
        f"<code>{escape(notice.out_trade_no)}</code>",
        _state(notice.state) + following,
        str(notice.attempts),
        escape(last["outcome"]) + fault,
        f'<small title="{escape(notice.url)}">{escape(urlsplit(notice.url).path)}</small>',
    )


def _plan(simulator: Simulator) -> str:
    rules = simulator.faults.to_json()["rules"]
    usual = ("at", "do", "order", "times", "chance", "given")
    rows = [
        _row(
            escape(rule["at"]),
            f'<span class="state bad">{escape(rule["do"])}</span>',
            f"<code>{escape(rule['order'])}</code>",
            "always" if rule["times"] is None else str(rule["times"]),
            str(rule["given"]),
            escape(", ".join(f"{key}={value}" for key, value in rule.items() if key not in usual)),
        )
        for rule in rules
    ]
    button = " <button class=\"quiet\" onclick=\"act('DELETE', '/_sim/faults')\">Clear</button>" if rules else ""
    return _table("Fault plan 故障" + button, ["At", "Does", "For", "Times left", "Given", "With"], rows)


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="zh"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{body}<script>{SCRIPT}</script></body></html>"
    )


def _table(title: str, heads: list[str], rows: list[str]) -> str:
    if not rows:
        return f'<section><h2>{title}</h2><div class="none">none yet</div></section>'
    head = "".join(f"<th>{name}</th>" for name in heads)
    return f"<section><h2>{title}</h2><table><tr>{head}</tr>{''.join(rows)}</table></section>"


def _row(*cells: str) -> str:
    return "<tr>" + "".join(cell if cell.startswith("<td") else f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _money(amount_fen: int) -> str:
    return f'<td class="money">{_yuan(amount_fen)}</td>'


def _yuan(amount_fen: int) -> str:
    sign = "-" if amount_fen < 0 else ""
    return f"{sign}¥{abs(amount_fen) // 100}.{abs(amount_fen) % 100:02d}"


def _state(state: str) -> str:
    return f'<span class="state {TONES.get(state, "")}">{escape(state)}</span>'


def _clock(moment: float) -> str:
    return dt.datetime.fromtimestamp(moment, CHINA).strftime("%m-%d %H:%M:%S")
