"""`make conformance`: what its runner believes of an SDK's file, and what its page says; no registry is asked here."""

import sys
from datetime import date

import pytest

from tests.conformance import page, sdks
from tests.conformance.runner import Run, Step, ending, play, steps_of

pytestmark = pytest.mark.spec("E14")


def declared(tmp_path, line, name="some-sdk.py"):
    path = tmp_path / name
    path.write_text(f'"""An SDK.\n\nconformance: {line}\n"""\n')
    return sdks.find(tmp_path)


GOOD = '{"registry": "pypi", "packages": ["some-sdk==1.2.3"], "simulator": "pay", "modes": ["both"]}'


def test_the_sdks_of_this_repository_are_declared_and_pinned():
    found = {sdk.name: (sdk.registry, sdk.simulator) for sdk in sdks.find()}
    assert found.items() >= {"wechatpayv3": ("pypi", "pay"), "wechatpay-node-v3": ("npm", "pay"),
                             "wechatpay-axios-plugin": ("npm", "pay")}.items()


def test_a_file_without_a_declaration_is_no_sdk(tmp_path):
    (tmp_path / "steps.py").write_text("# help\n")
    [sdk] = declared(tmp_path, GOOD)
    assert (sdk.name, sdk.title, sdk.modes) == ("some-sdk", "some-sdk 1.2.3", ("both",))


@pytest.mark.parametrize("line", [
    "{", "[]", '{"registry": "pypi"}', GOOD.replace("some-sdk==1.2.3", "some-sdk"), GOOD.replace("pypi", "npm"),
    GOOD.replace('"pay"', '"other"'), GOOD.replace('["both"]', "[]")])
def test_a_declaration_that_cannot_be_obeyed_is_refused_with_the_files_name(tmp_path, line):
    with pytest.raises(sdks.BadDeclaration, match="some-sdk.py"):
        declared(tmp_path, line)


def test_a_scoped_npm_package_keeps_its_name(tmp_path):
    line = '{"registry": "npm", "packages": ["@scope/sdk@2.0.0"], "simulator": "api", "modes": ["both"]}'
    [sdk] = declared(tmp_path, line, "sdk.mjs")
    assert sdk.title == "@scope/sdk 2.0.0"


def test_only_lines_that_are_steps_count():
    lines = ['{"step": "order", "ok": true}', "an SDK prints", '{"step": "close", "ok": false, "note": "409"}',
             '{"step": 1, "ok": true}', '{"step": "x", "ok": "yes"}', "[1]", ""]
    assert list(steps_of(lines)) == [Step("order", True), Step("close", False, "409")]


@pytest.mark.parametrize(("code", "steps", "errors", "expected"), [
    (0, [Step("order", True)], "a warning", []),
    (0, [], "", [Step("to its end", False, "it said nothing")]),
    (1, [Step("order", True)], "Traceback\n  KeyError: 'prepay_id'\nNode.js v20\n",
     [Step("to its end", False, "exit status 1: KeyError: 'prepay_id'")]),
    (-9, [], "", [Step("to its end", False, "exit status -9: ")]),
])
def test_a_file_that_dies_or_says_nothing_has_failed(code, steps, errors, expected):
    assert ending(code, steps, errors) == expected


def test_a_file_is_played_with_the_simulators_addresses_and_its_steps_are_told_as_they_come(tmp_path):
    [sdk] = declared(tmp_path, GOOD)
    sdk.path.write_text("import json, os, sys\n"
                        "print(json.dumps({'step': os.environ['SIM_PAY_URL'], 'ok': True}))\n"
                        "sys.exit('RuntimeError: no more')\n")
    told = []
    run = play(sdk, "both", [sys.executable, str(sdk.path)], {"SIM_PAY_URL": "http://pay"}, told.append)
    assert run.steps == told == [
        Step("http://pay", True), Step("to its end", False, "exit status 1: RuntimeError: no more")]
    assert not run.ok


def test_the_page_names_what_failed_in_which_mode_and_what_nobody_has_reached(tmp_path):
    [one] = declared(tmp_path, GOOD.replace('["both"]', '["public-key", "both"]'))
    order, close = Step("order", True), Step("close", False, "409 ORDERPAID")
    runs = [Run(one, "public-key", [order], {"POST /v3/order": 2}), Run(one, "both", [order, close])]
    text = page.text(runs, date(2026, 11, 30), ["POST /v3/order", "GET /v3/bill"], "Python 3.11")
    assert "on 2026-11-30, with\nPython 3.11" in text
    assert "| step | some-sdk 1.2.3 (pypi) |" in text
    assert "| order | ok |" in text
    assert "| close | FAILED: both |" in text
    assert "- some-sdk, close (both): 409 ORDERPAID" in text
    assert "- `GET /v3/bill`" in text and "- `POST /v3/order`" not in text
