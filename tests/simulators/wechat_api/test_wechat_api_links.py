"""Links from outside, the codes of a path, and checks of media whose verdict comes later."""

import io
import json
from urllib.parse import urlsplit

import pytest
from PIL import Image

pytestmark = [pytest.mark.spec("E14", "L1"), pytest.mark.usefixtures("still")]

LINK, ASK = "/wxa/generate_urllink", "/wxa/query_urllink"
SCHEME, ASK_SCHEME, SHORT = "/wxa/generatescheme", "/wxa/queryscheme", "/wxa/genwxashortlink"
ROUND, SQUARE, CHECK = "/wxa/getwxacode", "/cgi-bin/wxaapp/createwxaqrcode", "/wxa/media_check_async"
DAY = 86400


def test_a_url_link_can_be_asked_about_and_opened_until_it_ends(wechat):
    asked = {"path": "pages/goods", "query": "id=42", "expire_type": 1, "expire_interval": 7, "env_version": "trial"}
    link = wechat.call(LINK, asked)["url_link"]
    told = wechat.call(ASK, {"url_link": link})["url_link_info"]
    assert (told["appid"], told["path"], told["query"]) == (wechat.app["appid"], "pages/goods", "id=42")
    assert (told["expire_time"] - told["create_time"], told["env_version"]) == (7 * DAY, "trial")
    page = wechat.client.get(urlsplit(link).path)
    assert page.status_code == 200 and "pages/goods?id=42" in page.text
    wechat.ahead(7 * DAY + 1)
    assert wechat.client.get(urlsplit(link).path).status_code == 410
    assert wechat.client.get("/l/nothing").status_code == 404


def test_a_scheme_is_made_and_asked_about_as_a_link_is(wechat, errcode, still):
    ends = int(still) + 3600
    asked = {"jump_wxa": {"path": "/pages/goods", "query": "a=1"}, "expire_type": 0, "expire_time": ends}
    scheme = wechat.call(SCHEME, asked)["openlink"]
    assert scheme.startswith("weixin://dl/business/?t=")
    told = wechat.call(ASK_SCHEME, {"scheme": scheme})["scheme_info"]
    assert (told["path"], told["expire_time"]) == ("/pages/goods", ends)
    link = wechat.call(LINK, {})["url_link"]
    assert errcode(wechat.call(ASK_SCHEME, {"scheme": link})) == 40097
    assert errcode(wechat.call(ASK, {"url_link": scheme})) == 40097
    assert errcode(wechat.call(ASK, {})) == 40097


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"path": "pages/goods?id=1"}, 40165),
        ({"path": 7}, 40165),
        ({"query": "名=1"}, 40212),
        ({"query": "a" * 1025}, 40212),
        ({"env_version": "beta"}, 85402),
        ({"expire_type": 1, "expire_interval": 31}, 85401),
        ({"expire_type": 1, "expire_interval": 0}, 85401),
        ({"expire_type": 1}, 85401),
        ({"expire_type": 0, "expire_time": 1}, 85401),
        ({"expire_type": 0, "expire_time": 2**40}, 85401),
        ({"expire_type": 2}, 40097),
    ],
)
def test_a_wrong_link_is_not_made(wechat, errcode, changed, expected):
    assert errcode(wechat.call(LINK, {"path": "pages/goods"} | changed)) == expected


def test_a_link_leads_to_a_page_that_exists_where_app_json_names_them(start, tmp_path, errcode):
    app = start().app | {"pages": ["pages/goods"]}
    (tmp_path / "app.json").write_text(json.dumps(app, ensure_ascii=False))
    wechat = start()
    assert wechat.call(LINK, {"path": "pages/goods"})["errcode"] == 0
    assert errcode(wechat.call(LINK, {"path": "pages/other"})) == 40165
    assert errcode(wechat.call(ROUND, {"path": "pages/other?id=1"})) == 41030


def test_a_short_link_is_for_inside(wechat, errcode):
    asked = {"page_url": "pages/goods?id=42", "page_title": "咖啡豆", "is_permanent": False}
    assert wechat.call(SHORT, asked)["link"].startswith("#小程序://咖啡豆/")
    assert errcode(wechat.call(SHORT, asked | {"page_url": ""})) == 40165
    assert errcode(wechat.call(SHORT, asked | {"page_title": "长" * 21})) == 40165


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (ROUND, "wxacode:wxd678efh567hg6787?path=pages%2Fgoods%3Fid%3D42&env_version=release"),
        (SQUARE, "wxacode:wxd678efh567hg6787?path=pages%2Fgoods%3Fid%3D42"),
    ],
)
def test_a_code_of_a_path_is_a_png_that_says_so(wechat, path, content):
    response = wechat.raw(path, {"path": "pages/goods?id=42", "width": 300})
    picture = Image.open(io.BytesIO(response.content))
    assert response.headers["content-type"] == "image/png"
    assert (picture.size, picture.text["wxacode"]) == ((300, 300), content)


@pytest.mark.parametrize("path", [ROUND, SQUARE])
def test_a_wrong_code_of_a_path_answers_json(wechat, errcode, path):
    assert errcode(wechat.call(path, {})) == 40159
    assert errcode(wechat.call(path, {"path": "p" * 1025})) == 40159
    assert errcode(wechat.call(path, {"path": "/pages/goods"})) == 41030
    assert errcode(wechat.call(path, {"path": "pages/goods", "width": 279})) == 40097


def test_codes_of_paths_are_limited_and_the_same_one_again_is_no_new_one(wechat, errcode):
    wechat.control("/_sim/limited_codes", {"most": 2})
    for path, page in ((ROUND, "pages/a"), (ROUND, "pages/a"), (SQUARE, "pages/a")):
        assert wechat.raw(path, {"path": page}).headers["content-type"] == "image/png"
    assert errcode(wechat.call(SQUARE, {"path": "pages/b"})) == 45029
    assert wechat.raw(SQUARE, {"path": "pages/a"}).headers["content-type"] == "image/png"
    assert wechat.raw("/wxa/getwxacodeunlimit", {"scene": "b"}).headers["content-type"] == "image/png"


def check(wechat, **changed) -> dict:
    asked = {"media_url": "https://shop.example/cup.png", "media_type": 2, "version": 2, "scene": 2}
    return wechat.call(CHECK, asked | {"openid": wechat.openid("alice")} | changed)


@pytest.mark.parametrize(("verdict", "risky", "status"), [
    ({}, 0, 0), ({"suggest": "risky", "label": 20002}, 1, 0), ({"errcode": -1008}, 0, 4294966288)])
def test_the_first_version_asks_for_no_person_and_says_risky_or_not(wechat, pushed, verdict, risky, status):
    if verdict:
        wechat.control("/_sim/media_verdicts", {"contains": "cup", "suggest": "pass", "label": 100, **verdict})
    trace_id = wechat.post(CHECK, {"media_url": "https://shop.example/cup.png", "media_type": 2})["trace_id"]
    wechat.ahead(60)
    [(_, message)] = pushed
    assert {name: message[name] for name in ("Event", "appid", "trace_id", "isrisky", "status_code")} == {
        "Event": "wxa_media_check", "appid": wechat.app["appid"], "trace_id": trace_id, "isrisky": risky,
        "status_code": status}


def test_a_verdict_on_media_is_pushed_later_and_once(wechat, pushed):
    answer = check(wechat)
    assert answer["errcode"] == 0 and pushed == []
    wechat.ahead(6), wechat.ahead(60)
    [(appid, message)] = pushed
    assert (appid, message["FromUserName"]) == (wechat.app["appid"], wechat.openid("alice"))
    assert (message["Event"], message["trace_id"], message["errcode"]) == ("wxa_media_check", answer["trace_id"], 0)
    assert message["result"] == {"suggest": "pass", "label": 100}
    assert message["detail"] == [
        {"strategy": "content_model", "errcode": 0, "suggest": "pass", "label": 100, "prob": 90}
    ]


def test_an_address_is_judged_as_was_told_or_by_its_words(wechat, pushed):
    told = {"contains": "cup", "suggest": "review", "label": 20002}
    assert wechat.control("/_sim/media_verdicts", told) == told | {"errcode": 0}
    wechat.control("/_sim/media_verdicts", {"contains": "gone", "errcode": -1008})
    for name in ("cup", "gone", "%E8%B5%8C%E5%8D%9A"):
        check(wechat, media_url=f"https://shop.example/{name}.png")
    wechat.ahead(6)
    assert [message["result"]["suggest"] for _, message in pushed] == ["review", "pass", "risky"]
    assert [message["errcode"] for _, message in pushed] == [0, -1008, 0]
    assert pushed[1][1]["detail"] == [{"strategy": "content_model", "errcode": -1008}]


def test_a_verdict_that_is_due_survives_a_restart(start, pushed):
    trace_id = check(start())["trace_id"]
    wechat = start(push=lambda appid, message: pushed.append((appid, message)))
    assert pushed == []
    wechat.ahead(6)
    assert [message["trace_id"] for _, message in pushed] == [trace_id]
    assert [one["trace_id"] for one in wechat.get("/_sim/media_checks")["checks"]] == [trace_id]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"version": 1}, 40097),
        ({"media_type": 3}, 40097),
        ({"media_url": "cup.png"}, 40097),
        ({"media_url": None}, 40097),
        ({"scene": 0}, 40129),
        ({"openid": "oNobody"}, 40003),
    ],
)
def test_a_wrong_media_check_is_refused_and_nothing_comes(wechat, errcode, pushed, changed, expected):
    assert errcode(check(wechat, **changed)) == expected
    wechat.ahead(60)
    assert pushed == []


def test_the_first_version_of_the_checks_is_still_played(wechat, errcode):
    assert wechat.call("/wxa/msg_sec_check", {"content": "好"}) == {"errcode": 0, "errmsg": "ok"}
    assert errcode(wechat.call("/wxa/msg_sec_check", {"content": "赌博"})) == 87014
    assert errcode(wechat.call("/wxa/msg_sec_check", {"content": ""})) == 44002
    path, query = "/wxa/img_sec_check", {"access_token": wechat.token()}
    send = lambda name, raw: wechat.client.post(path, params=query, files={"media": (name, raw)}).json()  # noqa: E731
    assert send("cup.png", b"\x89PNG") == {"errcode": 0, "errmsg": "ok"}
    assert errcode(send("赌博.png", b"\x89PNG")) == 87014
    assert errcode(send("cup.png", b"text")) == 40005
    assert errcode(send("cup.png", b"\x89PNG" + b"x" * 2**20)) == 40006
    assert errcode(send("cup.png", b"")) == 41005
