"""Starting, stopping, starting again; the pages that a person looks at."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from infra.local.simulators.wechat_pay import ensure_merchant

pytestmark = pytest.mark.spec("E14", "L1")

ROOT = Path(__file__).resolve().parents[3]


def test_the_merchant_is_made_once_and_can_be_told_apart(tmp_path):
    made = ensure_merchant(tmp_path, mchid="1900000777", appids=["wxa", "wxb"], gateway_url="http://127.0.0.1:1")
    assert json.loads((tmp_path / "merchant" / "merchant.json").read_text()) == made
    assert ensure_merchant(tmp_path) == made
    changed = ensure_merchant(tmp_path, gateway_url="http://127.0.0.1:2")
    assert {key for key in made if made[key] != changed[key]} == {"gateway_url"}
    assert Path(made["private_key_file"]).stat().st_mode & 0o077 == 0


def test_a_restart_keeps_orders_money_and_clock_and_goes_on_telling(start, data_dir, bare_for, new_order, site, wait):
    site.answers.append(500)
    first = start(data_dir, time_scale=0.1)
    order = {**new_order(), "mchid": first.merchant["mchid"]}
    assert bare_for(first)("POST", "/v3/pay/transactions/jsapi", order)[0] == 200
    first.pay(order["out_trade_no"])
    wait(lambda: first.order(order["out_trade_no"])["notifications"][0]["attempts"])
    amount = {"refund": 1999, "total": 1999, "currency": "CNY"}
    ask = {"out_trade_no": order["out_trade_no"], "out_refund_no": "RESTART-R1", "amount": amount}
    bare_for(first)("POST", "/v3/refund/domestic/refunds", ask)
    first.move_clock(1)
    books = first.http.get("/_sim/books").json()
    first.stop()
    assert len(site.received) == 1

    second = start(data_dir, time_scale=0.1)
    assert second.merchant["cert_serial_no"] == first.merchant["cert_serial_no"]
    assert second.http.get("/_sim/clock").json()["ahead_s"] == 1
    wait(lambda: second.order(order["out_trade_no"])["refunds"][0]["status"] == "SUCCESS")
    assert second.http.get("/_sim/books").json()["received_fen"] == books["received_fen"] == 1999
    first_body, second_body = (json.loads(body) for _, body in site.wait_for(2))
    assert first_body["id"] == second_body["id"]


def test_the_command_starts_it_alone_and_a_signal_ends_it(data_dir, free_port):
    command = [sys.executable, "-m", "infra.local.simulators.wechat_pay", "--port", str(free_port), "--data", data_dir]
    process = subprocess.Popen([*map(str, command), "--time-scale", "0.01"], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        url = f"http://127.0.0.1:{free_port}"
        deadline = time.monotonic() + 60
        while True:
            try:
                assert httpx.get(f"{url}/_sim/books", trust_env=False).status_code == 200
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        assert ensure_merchant(data_dir)["gateway_url"] == url
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()


def test_the_command_imports_nothing_of_the_mall():
    code = (
        "import sys, infra.local.simulators.wechat_pay.__main__\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'mall'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_overview_shows_orders_refunds_notices_and_the_plan(simulator, paid_order, refund, new_order, create):
    paid, unpaid = paid_order(description="<b>杯</b>"), new_order()
    create(unpaid)
    number = refund(paid, 1234)[1]["out_refund_no"]
    simulator.faults({"at": "create", "do": "429", "order": "ZZZ*", "times": None})
    page = simulator.http.get("/").text
    for shown in (paid["out_trade_no"], unpaid["out_trade_no"], number, "¥12.34", "TRANSACTION.SUCCESS", "ZZZ*", "429"):
        assert shown in page
    assert "&lt;b&gt;杯&lt;/b&gt;" in page
    assert "<b>杯</b>" not in page


@pytest.mark.parametrize(("product", "has_code"), [("native", True), ("h5", False), ("jsapi", False)])
def test_the_checkout_has_a_button_and_for_native_a_code(simulator, new_order, create, product, has_code):
    order = new_order(scene_info={"payer_client_ip": "1.2.3.4", "h5_info": {"type": "Wap"}})
    create(order, product)
    path = f"/_sim/checkout/{order['out_trade_no']}"
    page = simulator.http.get(path).text
    assert "¥19.99" in page
    assert f"/_sim/pay/{order['out_trade_no']}" in page
    assert ("<svg" in page) is has_code
    simulator.pay(order["out_trade_no"])
    paid = simulator.http.get(path, params={"redirect_url": "https://shop.example/paid"}).text
    assert "支付成功" in paid
    assert 'href="https://shop.example/paid"' in paid
    assert "/_sim/pay/" not in paid
    assert "javascript:" not in simulator.http.get(path, params={"redirect_url": "javascript:alert(1)"}).text


def test_what_is_not_there_or_not_sense(simulator):
    http = simulator.http
    assert http.get("/_sim/checkout/NOBODY1").status_code == 404
    assert http.get("/_sim/orders/NOBODY1").status_code == 404
    assert http.post("/_sim/refunds/NOBODY1").status_code == 404
    assert http.post("/_sim/clock", json={"ahead_s": "soon"}).status_code == 400
    assert http.post("/_sim/pay/NOBODY1", json={"pay_total_fen": -1}).status_code == 400
    assert http.get("/_sim/clock").json()["ahead_s"] == 0
