"""Uploads: who may store what, where it is kept, what is left over (spec B2)."""

from types import SimpleNamespace

import pytest
from mall.domains.uploads import rules
from mall.domains.uploads.rules import KINDS, TERMS, Named, NotChecked, Purpose, Sort, Wanted
from mall.kit.public_store import CHECKED, PUBLIC, PublicStore

pytestmark = pytest.mark.spec("B2", "B4", "A1")

STORE = PublicStore("https://img.example")
ID = "upl_01M8PJH5BCE3Y1284DPQ57SZS4"


def row(purpose: Purpose, content_type: str, state: str = "CHECKED", used: bool = False) -> SimpleNamespace:
    wanted = Wanted(ID, purpose, content_type, "mem_1", "sel_1")
    return SimpleNamespace(upload_id=ID, purpose=purpose.value, content_type=content_type, state=state,
                           object_key=wanted.object_key, used_at="now" if used else None)


@pytest.mark.parametrize("purpose", Purpose)
def test_nothing_arrives_where_everybody_reads_and_what_is_shown_lies_where_only_the_check_writes(purpose: Purpose):
    for content_type, kind in KINDS.items():
        if kind.sort not in TERMS[purpose].most:
            with pytest.raises(rules.TypeNotTaken):
                assert Wanted(ID, purpose, content_type, "mem_1", "sel_1").most_bytes
            continue
        found = row(purpose, content_type)
        assert not rules.arrives_at(found).startswith(PUBLIC)
        assert rules.is_public(found) == found.object_key.startswith(CHECKED)
        assert "mem_1" not in found.object_key and len(found.object_key) <= 255
        assert (rules.sizes_of(found, "s3") != ()) == (rules.is_public(found) and kind.sort is Sort.PICTURE)
        assert rules.sizes_of(found, "cos") == ()


def test_of_one_in_use_only_what_arrived_is_left_over_and_of_any_other_all():
    shown = row(Purpose.PRODUCT, "image/jpeg", used=True)
    assert rules.leftovers(shown) == [f"incoming/{ID}.jpg"]
    stem = f"{CHECKED}goods/sel_1/{ID}"
    for state in ("CHECKED", "REFUSED", "DROPPED"):
        assert rules.leftovers(row(Purpose.PRODUCT, "image/jpeg", state)) == [
            f"incoming/{ID}.jpg", f"{stem}.jpg", f"{stem}_1080.webp", f"{stem}_160.webp", f"{stem}_480.webp"]


def named(key: str) -> list[Named]:
    return [Named(STORE.url_of(key), Sort.PICTURE, "media")]


@pytest.mark.parametrize("key", ["incoming/x.png", "imports/sel_1/x.csv", "papers/x.pdf", f"{CHECKED}goods/x.png",
                                 f"{CHECKED}goods/sel_1/{ID}_480.webp", "x"])
def test_a_file_of_ours_that_is_no_upload_is_refused(key: str):
    with pytest.raises(NotChecked) as caught:
        rules.uploads_in(named(key), STORE)
    assert caught.value.field == "media"


def test_uploads_are_told_from_what_lies_elsewhere():
    key = f"{CHECKED}goods/sel_1/{ID}.png"
    assert rules.uploads_in(named(key), STORE) == [(ID, named(key)[0])]
    assert rules.uploads_in(named("public/brand/logo.png"), STORE) == []
    assert rules.uploads_in([Named("https://other.example/a.png", Sort.PICTURE, "media")], STORE) == []
