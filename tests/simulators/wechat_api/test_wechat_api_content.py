"""Mini-program codes, text security, risk rank, service-account sign-in."""

import io
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from PIL import Image

from infra.local.simulators.wechat_api import identify

pytestmark = pytest.mark.spec("E14", "L1")

CODE = "/wxa/getwxacodeunlimit"
TEXT = "/wxa/msg_sec_check"
RISK = "/wxa/getuserriskrank"
CONTENT = "wxacode:wxd678efh567hg6787?page=pages%2Fgoods&scene=g%3D42&env_version=release"


def test_the_code_is_a_png_whose_dots_are_the_matrix_of_its_content(wechat):
    response = wechat.raw(CODE, {"scene": "g=42", "page": "pages/goods", "check_path": False, "width": 600})
    assert response.headers["content-type"] == "image/png"
    picture = Image.open(io.BytesIO(response.content))
    assert picture.size == (600, 600) and picture.text["wxacode"] == CONTENT
    matrix = segno.make(CONTENT, error="m", micro=False).matrix
    dot = 600 * 0.66 / len(matrix)
    start = (600 - dot * len(matrix)) / 2
    grey = picture.convert("L")
    seen = [
        [grey.getpixel((int(start + (x + 0.5) * dot), int(start + (y + 0.5) * dot))) < 128 for x in range(len(matrix))]
        for y in range(len(matrix))
    ]
    assert seen == [[bool(module) for module in row] for row in matrix]


def test_colour_and_transparent_ground_are_obeyed(wechat):
    body = {"scene": "a", "is_hyaline": True, "line_color": {"r": 7, "g": 193, "b": 96}}
    picture = Image.open(io.BytesIO(wechat.raw(CODE, body).content))
    assert picture.size == (430, 430) and picture.getpixel((0, 0))[3] == 0
    assert (7, 193, 96, 255) in {colour for _, colour in picture.getcolors(100000)}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"scene": None}, 40169),
        ({"scene": ""}, 40169),
        ({"scene": "a" * 33}, 40169),
        ({"scene": "中文"}, 40169),
        ({"scene": "a b"}, 40169),
        ({"page": "/pages/goods"}, 41030),
        ({"page": "pages/goods?id=1"}, 41030),
        ({"env_version": "beta"}, 40097),
        ({"width": 279}, 40097),
        ({"width": 1281}, 40097),
        ({"width": "big"}, 40097),
        ({"line_color": {"r": 300, "g": 0, "b": 0}}, 40097),
        ({"line_color": {"r": 1}}, 40097),
    ],
)
def test_a_wrong_code_request_answers_json(wechat, errcode, changed, expected):
    response = wechat.raw(CODE, {"scene": "g=42", "page": "pages/goods", **changed})
    assert response.headers["content-type"] == "application/json"
    assert errcode(response.json()) == expected


def check(wechat, text: str, **changed) -> dict:
    return wechat.post(TEXT, {"version": 2, "scene": 2, "openid": wechat.openid("alice"), "content": text} | changed)


@pytest.mark.parametrize(
    ("content", "suggest", "label", "keywords"),
    [
        ("咖啡很好喝", "pass", 100, []),
        ("喜欢的加微信", "review", 10001, ["加微信"]),
        ("线上赌博", "risky", 20006, ["赌博"]),
        ("加微信一起赌博", "risky", 20006, ["加微信", "赌博"]),
    ],
)
def test_text_is_judged_by_its_words_and_the_worst_wins(wechat, content, suggest, label, keywords):
    answer = check(wechat, content)
    assert (answer["errcode"], answer["errmsg"]) == (0, "ok")
    assert answer["result"] == {"suggest": suggest, "label": label}
    assert len(answer["trace_id"]) == 32
    assert answer["detail"][0]["strategy"] == "content_model"
    assert [one["keyword"] for one in answer["detail"][1:]] == keywords


def test_nickname_title_and_signature_are_judged_too(wechat):
    for part in ("nickname", "title", "signature"):
        assert check(wechat, "好", **{part: "色情"})["result"] == {"suggest": "risky", "label": 20002}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"version": 1}, 40097),
        ({"scene": 5}, 40129),
        ({"content": ""}, 44002),
        ({"content": "字" * 2501}, 45002),
        ({"openid": "oNobody"}, 40003),
        ({"openid": None}, 40003),
    ],
)
def test_a_wrong_text_check_is_refused(wechat, errcode, changed, expected):
    assert errcode(check(wechat, "好", **changed)) == expected


def test_the_writer_must_have_come_by_within_two_hours(wechat, errcode):
    openid = wechat.openid("alice")
    wechat.ahead(7100)
    assert wechat.post(TEXT, {"version": 2, "scene": 2, "openid": openid, "content": "好"})["errcode"] == 0
    wechat.ahead(7300)
    assert errcode(wechat.post(TEXT, {"version": 2, "scene": 2, "openid": openid, "content": "好"})) == 61010
    wechat.control("/_sim/people", {"person": "alice"})
    assert wechat.post(TEXT, {"version": 2, "scene": 2, "openid": openid, "content": "好"})["errcode"] == 0


def ask_rank(wechat, openid: str, **changed) -> dict:
    return wechat.post(
        RISK, {"appid": wechat.app["appid"], "openid": openid, "scene": 0, "client_ip": "1.2.3.4"} | changed
    )


def test_the_risk_rank_is_the_one_that_was_set(wechat):
    alice, bob = wechat.openid("alice"), wechat.openid("bob")
    assert ask_rank(wechat, alice)["risk_rank"] == 0
    wechat.control("/_sim/risk", {"openid": alice, "rank": 4})
    answer = ask_rank(wechat, alice)
    assert (answer["errcode"], answer["risk_rank"]) == (0, 4) and isinstance(answer["unoin_id"], int)
    assert ask_rank(wechat, bob)["risk_rank"] == 0


def test_a_wrong_risk_request_is_refused(wechat, errcode):
    alice = wechat.openid("alice")
    assert errcode(ask_rank(wechat, alice, appid="wx0")) == 40013
    assert errcode(ask_rank(wechat, "oNobody")) == 40003
    assert errcode(ask_rank(wechat, alice, scene=2)) == 40097
    assert errcode(ask_rank(wechat, alice, client_ip="")) == 40097
    for rank in (5, -1, "1", 1.5, None):
        assert wechat.client.post("/_sim/risk", json={"openid": alice, "rank": rank}).status_code == 400
    assert ask_rank(wechat, alice)["risk_rank"] == 0
    wechat.ahead(1801)
    assert errcode(ask_rank(wechat, alice)) == 61010


BACK = "https://shop.example/back?from=menu"


def authorize(wechat, **changed):
    query = {
        "appid": wechat.app["web_appid"],
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "snsapi_userinfo",
        "state": "s 1",
    } | changed
    return wechat.client.get("/connect/oauth2/authorize", params=query, follow_redirects=False)


def exchange(wechat, code: str, **changed: str) -> dict:
    query = {"appid": wechat.app["web_appid"], "secret": wechat.app["web_secret"], "grant_type": "authorization_code"}
    return wechat.get("/sns/oauth2/access_token", **{**query, "code": code, **changed})


def web_code(wechat, person: str = "alice", **changed: str) -> str:
    return parse_qs(urlsplit(authorize(wechat, sim_person=person, **changed).headers["location"]).query)["code"][0]


def test_authorize_sends_the_person_back_with_code_and_state(wechat):
    response = authorize(wechat, sim_person="alice")
    assert response.status_code == 302
    back = urlsplit(response.headers["location"])
    assert (back.scheme, back.netloc, back.path) == ("https", "shop.example", "/back")
    query = parse_qs(back.query)
    assert set(query) == {"from", "code", "state"} and query["from"] == ["menu"] and query["state"] == ["s 1"]


def test_authorize_without_a_person_asks_who(wechat):
    wechat.openid("<alice>")
    page = authorize(wechat).text
    assert "你是谁" in page and "&lt;alice&gt;" in page and "sim_person=%3Calice%3E" in page
    assert 'name="state" value="s 1"' in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"appid": "wx0"}, "AppID 参数错误"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri 参数错误"),
        ({"scope": "snsapi_login"}, "Scope 参数错误"),
        ({"response_type": "token"}, "Scope 参数错误"),
        ({"state": "s" * 129}, "参数太长"),
    ],
)
def test_a_wrong_authorize_link_leads_nowhere(wechat, changed, sentence):
    response = authorize(wechat, sim_person="alice", **changed)
    assert response.status_code == 400 and sentence in response.text
    assert wechat.get("/_sim/people") == {"people": []}


def test_one_person_has_another_openid_but_the_same_unionid_in_the_service_account(wechat):
    mini, web = wechat.login("sim:alice"), exchange(wechat, web_code(wechat))
    assert web["openid"] == identify("alice", wechat.app["web_appid"])["openid"] != mini["openid"]
    assert web["unionid"] == mini["unionid"] and web["expires_in"] == 7200
    info = wechat.get("/sns/userinfo", access_token=web["access_token"], openid=web["openid"], lang="zh_CN")
    assert (info["nickname"], info["unionid"]) == ("alice", mini["unionid"])


def test_a_base_scope_gives_the_openid_only(wechat, errcode):
    web = exchange(wechat, web_code(wechat, scope="snsapi_base"))
    assert set(web) == {"access_token", "expires_in", "refresh_token", "openid", "scope"}
    assert errcode(wechat.get("/sns/userinfo", access_token=web["access_token"], openid=web["openid"])) == 48001


def test_a_web_code_works_once_for_five_minutes_and_not_as_a_login(wechat, errcode):
    used, old = web_code(wechat), web_code(wechat)
    assert errcode(wechat.login(old)) == 40029
    assert "openid" in exchange(wechat, used)
    assert errcode(exchange(wechat, used)) == 40163
    assert errcode(exchange(wechat, "unknown")) == 40029
    assert errcode(exchange(wechat, old, secret="0" * 32)) == 40125
    wechat.ahead(301)
    assert errcode(exchange(wechat, old)) == 40029


def test_a_web_token_ends_and_can_be_refreshed_for_thirty_days(wechat, errcode):
    web = exchange(wechat, "sim:alice")
    ask = lambda token, openid: wechat.get("/sns/userinfo", access_token=token, openid=openid)  # noqa: E731
    assert errcode(ask("nonsense", web["openid"])) == 40001
    assert errcode(ask(web["access_token"], "oOther")) == 40003
    wechat.ahead(7201)
    assert errcode(ask(web["access_token"], web["openid"])) == 42001
    refresh = {"appid": wechat.app["web_appid"], "refresh_token": web["refresh_token"]}
    fresh = wechat.get("/sns/oauth2/refresh_token", **refresh)
    assert ask(fresh["access_token"], web["openid"])["nickname"] == "alice"
    assert errcode(wechat.get("/sns/oauth2/refresh_token", **(refresh | {"refresh_token": "x"}))) == 40030
    wechat.ahead(30 * 86400 + 1)
    assert errcode(wechat.get("/sns/oauth2/refresh_token", **refresh)) == 42002
