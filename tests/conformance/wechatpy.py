"""PyPI wechatpy against the WeChat API simulator. Changed of it: WeChat's addresses, appids and secrets.

conformance: {"registry": "pypi", "packages": ["wechatpy==1.8.18", "cryptography==50.0.2", "requests==2.34.2", "xmltodict==1.0.4"], "simulator": "api", "modes": ["both"]}
"""  # noqa: E501

from __future__ import annotations

import re
import threading
import time
import warnings
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from steps import API, SETTINGS, control, same, say, step, until
from wechatpy import WeChatClient, parse_message
from wechatpy.crypto import WeChatCrypto, WeChatWxaCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.oauth import WeChatOAuth

ACCOUNT = SETTINGS["api"]
BASE = "https://api.weixin.qq.com/"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")
RUN = f"{time.time_ns():x}"[-8:]  # names of this run, so that it can be played again over the same state


def at_the_simulator() -> None:
    """Its addresses of WeChat are written into its code: what it sends there goes to the simulator."""
    real = requests.Session.request

    def request(self: requests.Session, method: str, url: str, **rest: Any) -> requests.Response:
        return real(self, method, local(url), **rest)

    requests.Session.request = request


def local(url: str) -> str:
    return re.sub(r"^https://(api|mp|open)\.weixin\.qq\.com", API, url)


def person(name: str) -> str:
    return f"{name}-{RUN}"


def act(path: str, **body: Any) -> dict[str, Any]:
    return control(f"{API}/_sim/{path}", body)


def refused(call: Callable[[], Any], code: int) -> None:
    try:
        call()
    except WeChatException as error:
        same(error.errcode, code)
        return
    raise AssertionError(f"it went through, where {code} was due")


def is_png(answer: requests.Response) -> None:
    same((answer.headers["content-type"], answer.content[:4]), ("image/png", b"\x89PNG"))


def main() -> None:
    at_the_simulator()
    warnings.simplefilter("ignore", DeprecationWarning)
    mini = WeChatClient(ACCOUNT["appid"], ACCOUNT["secret"])
    web = WeChatClient(ACCOUNT["web_appid"], ACCOUNT["web_secret"])
    tokens(mini, web)
    sessions(mini)
    subscribe_messages(mini)
    pictures_and_links(mini)
    checks(mini)
    shipping(mini)
    diagnosis(mini)
    followers(web)
    template_messages(web)
    customer_messages(web)
    scene_codes(web)
    tickets(web)
    signing_in()
    pushes()


def post(client: WeChatClient, interface: str, /, **body: Any) -> Any:
    """An interface that the SDK has no method for, by its general call."""
    return client.post(interface, api_base_url=BASE, data=body)


def get(client: WeChatClient, path: str, **query: Any) -> Any:
    return client.get(path, api_base_url=BASE, params=query)


def tokens(mini: WeChatClient, web: WeChatClient) -> None:
    step("token: mini program", lambda: same(mini.fetch_access_token()["expires_in"], 7200))
    step("token: service account", lambda: same(web.fetch_access_token()["expires_in"], 7200))

    def renewed() -> None:
        mini.session.set(mini.access_token_key, "ended")
        same(mini.misc.get_wechat_ips(), ["127.0.0.1"])

    step("token: one that is no good is fetched anew", renewed)
    step("a wrong secret: 40125", lambda: refused(
        lambda: WeChatClient(ACCOUNT["appid"], "0" * 32).fetch_access_token(), 40125))


def sessions(mini: WeChatClient) -> None:
    code = act("codes", person=person("lihua"))
    session = step("login code: session", lambda: mini.wxa.code_to_session(code["code"])) or {}
    step("login code: the person's openid and unionid", lambda: same(
        (session["openid"], session["unionid"]), (code["openid"], code["unionid"])))
    step("login code: once, then 40163", lambda: refused(lambda: mini.wxa.code_to_session(code["code"]), 40163))

    def opened() -> None:
        sealed = act("user_data", person=person("lihua"))
        crypto = WeChatWxaCrypto(session["session_key"], sealed["iv"], ACCOUNT["appid"])
        same(crypto.decrypt_message(sealed["encryptedData"])["openId"], session["openid"])

    step("session: sealed data opened", opened)
    phone = act("codes", person=person("lihua"), kind="phone")
    step("phone number", lambda: same(
        post(mini, "wxa/business/getuserphonenumber", code=phone["code"])["phone_info"]["phoneNumber"], code["phone"]))


def subscribe_messages(mini: WeChatClient) -> None:
    template = next(one for one in ACCOUNT["templates"] if one["name"] == "order_paid")
    data = {field["key"]: {"value": field["example"]} for field in template["fields"]}
    openid = act("people", person=person("lihua"))["openid"]
    act("consents", openid=openid, template_id=template["template_id"])

    def send() -> Any:
        return mini.wxa.send_subscribe_message(openid, template["template_id"], data, page="pages/order")

    def arrived() -> None:
        send()
        inbox = control(f"{API}/_sim/inbox?openid={openid}")["messages"]
        same(inbox[0]["data"], {key: one["value"] for key, one in data.items()})

    step("subscribe message: sent, in the inbox", arrived)
    step("subscribe message: without consent 43101", lambda: refused(send, 43101))

    def library() -> None:
        made = post(mini, "wxaapi/newtmpl/addtemplate", tid=1221, kidList=[1, 2], sceneDesc="通知")["priTmplId"]
        assert made in [one["priTmplId"] for one in get(mini, "wxaapi/newtmpl/gettemplate")["data"]]
        post(mini, "wxaapi/newtmpl/deltemplate", priTmplId=made)
        assert made not in [one["priTmplId"] for one in get(mini, "wxaapi/newtmpl/gettemplate")["data"]]

    step("subscribe templates: added, listed, deleted", library)


def pictures_and_links(mini: WeChatClient) -> None:
    step("code: getwxacodeunlimit", lambda: is_png(mini.wxa.get_wxa_code_unlimited("g=42", page="pages/goods")))
    step("code: getwxacode", lambda: is_png(mini.wxa.get_wxa_code("pages/goods?id=42")))
    step("code: createwxaqrcode", lambda: is_png(mini.wxa.create_qrcode("pages/goods?id=42")))
    step("code: a wrong scene 40169", lambda: refused(lambda: mini.wxa.get_wxa_code_unlimited("中文"), 40169))

    def url_link() -> None:
        link = post(mini, "wxa/generate_urllink", path="pages/goods", query="id=42", expire_type=1, expire_interval=7)
        told = post(mini, "wxa/query_urllink", url_link=link["url_link"])["url_link_info"]
        same((told["path"], told["query"], told["expire_time"] - told["create_time"]), ("pages/goods", "id=42", 604800))

    step("url link: made, asked about", url_link)
    step("url scheme", lambda: same(
        post(mini, "wxa/generatescheme", jump_wxa={"path": "pages/goods"})["openlink"][:9], "weixin://"))
    step("short link", lambda: same(
        post(mini, "wxa/genwxashortlink", page_url="pages/goods", page_title="商品")["link"][:1], "#"))


def checks(mini: WeChatClient) -> None:
    step("text check: first version", lambda: same(mini.wxa.check_text_security("咖啡很好喝")["errcode"], 0))
    step("text check: first version, 87014", lambda: refused(lambda: mini.wxa.check_text_security("线上赌博"), 87014))
    openid = act("people", person=person("lihua"))["openid"]
    step("text check: second version", lambda: same(post(
        mini, "wxa/msg_sec_check", version=2, scene=2, openid=openid, content="加微信一起赌博")["result"], {
            "suggest": "risky", "label": 20006}))
    step("picture check: first version", lambda: same(
        mini.wxa.check_image_security(("cup.png", PNG, "image/png"))["errcode"], 0))
    step("media check: a trace for the verdict", lambda: same(len(post(
        mini, "wxa/media_check_async", version=2, scene=2, media_type=2, openid=openid,
        media_url="https://shop.example/cup.png")["trace_id"]), 32))
    try:
        mini.wxa.check_media_async("https://shop.example/cup.png", 2)
    except WeChatException as error:
        say("media check: the SDK's own call", error.errcode == 40097,
            "refused with 40097: it asks in the first version, which has ended; the second goes by its general call")


def shipping(mini: WeChatClient) -> None:
    openid = act("people", person=person("lihua"))["openid"]
    number = f"4200{RUN}"
    act("orders", transaction_id=number, mchid="1900000109", out_trade_no=f"O{RUN}", openid=openid, amount_fen=12850)
    key = {"order_number_type": 2, "transaction_id": number}

    def report() -> None:
        post(mini, "wxa/sec/order/upload_shipping_info", order_key=key, logistics_type=1, delivery_mode=1,
             shipping_list=[{"tracking_no": "ZT1", "express_company": "ZTO", "item_desc": "咖啡豆"}],
             upload_time="2026-11-30T12:00:00.000+08:00", payer={"openid": openid})
        same(post(mini, "wxa/sec/order/get_order", transaction_id=number)["order"]["order_state"], 2)

    step("shipping: reported, read", report)
    step("shipping: in the list", lambda: same(
        [one["transaction_id"] for one in post(mini, "wxa/sec/order/get_order_list", openid=openid)["order_list"]],
        [number]))
    step("shipping: the buyer reminded", lambda: same(post(
        mini, "wxa/sec/order/notify_confirm_receive", transaction_id=number,
        received_time=int(time.time()) + 60)["errcode"], 0))
    step("shipping: is managed", lambda: same(
        post(mini, "wxa/sec/order/is_trade_managed", appid=ACCOUNT["appid"])["is_trade_managed"], True))


def diagnosis(mini: WeChatClient) -> None:
    def asked() -> None:
        try:
            mini.wxa.create_qrcode("")
        except WeChatException as error:
            rid = error.errmsg.rpartition("rid: ")[2]
        told = post(mini, "cgi-bin/openapi/rid/get", rid=rid)["request"]
        assert "createwxaqrcode" in told["request_url"] and "40159" in told["response_body"], told

    step("rid: a refusal asked about", asked)

    def counted() -> None:
        quota = post(mini, "cgi-bin/openapi/quota/get", cgi_path="/wxa/generate_urllink")["quota"]
        same((quota["daily_limit"], quota["used"] >= 2, quota["used"] + quota["remain"]), (500000, True, 500000))

    step("quota: counted", counted)


def followers(web: WeChatClient) -> None:
    openid = act("follow", person=person("lihua"))["openid"]
    step("follower: user info", lambda: same(web.user.get(openid)["subscribe"], 1))
    step("follower: several", lambda: same([one["openid"] for one in web.user.get_batch([openid])], [openid]))
    step("follower: the list", lambda: same(openid in list(web.user.iter_followers()), True))

    def remark() -> None:
        web.user.update_remark(openid, "老客")
        same(web.user.get(openid)["remark"], "老客")

    step("follower: remark", remark)
    step("follower: nobody 40003", lambda: refused(lambda: web.user.get("oNobody"), 40003))


def template_messages(web: WeChatClient) -> None:
    openid = act("follow", person=person("lihua"))["openid"]
    added = step("service template: added", lambda: web.template.get("OPENTM200565259"))
    step("service template: listed", lambda: same(
        added in [one["template_id"] for one in web.template.get_all_private_template()["template_list"]], True))
    data = {key: {"value": key} for key in ("first", "keyword1", "keyword2", "keyword3", "remark")}

    def send() -> None:
        web.message.send_template(openid, added, data, mini_program={
            "appid": ACCOUNT["appid"], "pagepath": "pages/order"})
        same(control(f"{API}/_sim/inbox?openid={openid}")["messages"][0]["page"], "pages/order")

    step("service template: sent, in the inbox", send)
    stranger = act("people", person=person("wangwu"))["web_openid"]
    step("service template: to nobody who follows, 43004", lambda: refused(
        lambda: web.message.send_template(stranger, added, data), 43004))
    step("service template: industry", lambda: same(
        web.template.get_industry()["primary_industry"]["first_class"], "IT科技"))
    step("service template: deleted", lambda: same(web.template.del_private_template(added)["errcode"], 0))


def customer_messages(web: WeChatClient) -> None:
    openid = act("people", person=person("zhaoliu"))["web_openid"]
    step("customer message: to the silent, 45015", lambda: refused(
        lambda: web.message.send_text(openid, "您好"), 45015))
    act("says", person=person("zhaoliu"), appid=ACCOUNT["web_appid"], text="在吗")
    step("customer message: text", lambda: same(web.message.send_text(openid, "您好")["errcode"], 0))
    media = step("temporary media: uploaded", lambda: web.media.upload("image", ("cup.png", PNG, "image/png"))) or {}
    step("temporary media: read again", lambda: same(web.media.download(media["media_id"]).content, PNG))
    step("customer message: picture", lambda: same(web.message.send_image(openid, media["media_id"])["errcode"], 0))

    def five() -> None:
        for _ in range(3):
            web.message.send_text(openid, "请稍等")
        refused(lambda: web.message.send_text(openid, "第六条"), 45047)

    step("customer message: five, then 45047", five)


def scene_codes(web: WeChatClient) -> None:
    asked = {"expire_seconds": 1800, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "shelf-7"}}}
    ticket = step("scene code: made", lambda: web.qrcode.create(asked)) or {}
    step("scene code: shown", lambda: is_png(web.qrcode.show(ticket)))

    def scanned() -> None:
        same(act("scan", person=person("sunqi"), ticket=ticket["ticket"])["event"], "subscribe")
        told = web.user.get(act("people", person=person("sunqi"))["web_openid"])
        same((told["subscribe_scene"], told["qr_scene_str"]), ("ADD_SCENE_QR_CODE", "shelf-7"))

    step("scene code: scanned, the follower knows it", scanned)


def tickets(web: WeChatClient) -> None:
    ticket = step("js ticket", lambda: web.jsapi.get_jsapi_ticket())
    step("js ticket: signature", lambda: same(
        len(web.jsapi.get_jsapi_signature("nonce", ticket, 1764460800, "https://shop.example/")), 40))
    step("card ticket", lambda: same(len(web.jsapi.get_jsapi_card_ticket()) > 40, True))


def signing_in() -> None:
    back_at = "https://shop.example/back"
    oauth = WeChatOAuth(ACCOUNT["web_appid"], ACCOUNT["web_secret"], back_at, "snsapi_userinfo", "s1")
    link = local(oauth.authorize_url).replace("#", f"&sim_person={person('lihua')}#")

    def code() -> str:
        back = requests.get(link, allow_redirects=False).headers["Location"]
        asked = parse_qs(urlsplit(back).query)
        same(asked["state"], ["s1"])
        return asked["code"][0]

    given = step("web sign-in: the link gives a code", code)
    step("web sign-in: token", lambda: same(oauth.fetch_access_token(given)["scope"], "snsapi_userinfo"))
    step("web sign-in: checked", lambda: same(oauth.check_access_token(), True))
    step("web sign-in: the person", lambda: same(oauth.get_user_info()["nickname"], person("lihua")))
    step("web sign-in: refreshed", lambda: same(oauth.refresh_access_token(oauth.refresh_token)["expires_in"], 7200))


def listening(heard: list[tuple[dict[str, list[str]], bytes]]) -> ThreadingHTTPServer:
    """A shop that writes down (query, body) of what it is told."""

    class Shop(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((parse_qs(urlsplit(self.path).query), body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"success")

        def log_message(self, *_: object) -> None:
            pass

    shop = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    return shop


def pushes() -> None:
    """What people do comes signed and sealed to an address of ours."""
    heard: list[tuple[dict[str, list[str]], bytes]] = []
    shop = listening(heard)
    setup = {"url": f"http://127.0.0.1:{shop.server_port}/", "mode": "secure", "format": "xml"}
    control(f"{API}/_sim/push/setup", setup, "PUT")

    def opened(appid: str) -> Any:
        until(lambda: heard)
        query, body = heard.pop(0)
        crypto = WeChatCrypto(ACCOUNT["push_token"], ACCOUNT["push_aes_key"], appid)
        signed = (query[name][0] for name in ("msg_signature", "timestamp", "nonce"))
        return parse_message(crypto.decrypt_message(body, *signed))

    def followed() -> None:
        openid = act("follow", person=person("zhouba"))["openid"]
        told = opened(ACCOUNT["web_appid"])
        same((told.event, told.source), ("subscribe", openid))

    def written() -> None:
        openid = act("says", person=person("zhouba"), text="在吗")["openid"]
        told = opened(ACCOUNT["appid"])
        same((told.type, told.content, told.source), ("text", "在吗", openid))

    step("push: an event, verified, opened", followed)
    step("push: a text, verified, opened", written)
    control(f"{API}/_sim/push/setup", {"url": ""}, "PUT")
    shop.shutdown()


main()
