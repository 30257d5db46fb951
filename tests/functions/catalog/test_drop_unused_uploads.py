"""catalog.drop_unused_uploads (spec B2): what nobody finished or used goes, and what is shown stays."""

from mall.adapters.object_storage import ObjectStorage
from mall.kit.errors import Unavailable
from mall.tables.goods import uploads

from tests.functions.catalog.test_finish_upload import keys
from tests.support.shop import Shop, refused
from tests.support.uploads import picture, sent, uploaded

TIMER = "catalog.drop_unused_uploads"


def test_what_nobody_used_within_a_month_is_removed_in_all_its_sizes(shop: Shop, storage: ObjectStorage):
    done = uploaded(shop.staff(), picture(), content_type="image/png")
    shop.move(days=30, hours=23)
    assert shop.tick(TIMER) == {"dropped": 0, "kept": 0} and len(keys(storage, done["upload_id"])) == 4
    shop.move(days=31, hours=2)
    assert shop.tick(TIMER) == {"dropped": 1, "kept": 0} and keys(storage, done["upload_id"]) == []
    assert [(row.state, row.due_at) for row in shop.rows(uploads)] == [("DROPPED", None)]
    assert shop.tick(TIMER) == {"dropped": 0, "kept": 0}


def test_what_never_came_or_was_never_finished_goes_too(shop: Shop, storage: ObjectStorage):
    staff = shop.staff()
    staff.call("catalog.issue_upload_url", content_type="image/png")
    upload_id = sent(staff, picture(), content_type="image/png")
    shop.move(hours=25)
    assert shop.tick(TIMER) == {"dropped": 2, "kept": 0} and keys(storage, upload_id) == []
    with refused("UPLOAD_OVER", status=409):
        staff.call("catalog.finish_upload", upload_id=upload_id)


def test_what_is_shown_stays_and_only_what_a_broken_check_left_goes(shop: Shop, storage: ObjectStorage):
    staff = shop.staff()
    done = uploaded(staff, picture(), content_type="image/png")
    left = f"incoming/{done['upload_id']}.png"
    storage.put(left, picture(), "image/png")  # the check died before it removed it
    staff.call("catalog.save_category", name="服装", picture_url=done["public_url"])
    shop.move(days=32)
    assert shop.tick(TIMER) == {"dropped": 0, "kept": 1}
    assert len(keys(storage, done["upload_id"])) == 4 and storage.exists(left) is False
    assert [(row.state, row.due_at) for row in shop.rows(uploads)] == [("CHECKED", None)]


def test_where_the_store_does_not_answer_it_waits_and_nothing_is_forgotten(shop: Shop, storage: ObjectStorage):
    done = uploaded(shop.staff(), picture(), content_type="image/png")
    shop.move(days=32)

    class Away:
        def delete(self, key: str) -> None:
            raise Unavailable()

    shop.house.world.put("storage", Away())
    assert shop.tick(TIMER) == {"dropped": 0, "kept": 0}
    shop.house.world.put("storage", storage)
    assert shop.tick(TIMER) == {"dropped": 0, "kept": 0}  # postponed
    shop.move(hours=1)
    assert shop.tick(TIMER) == {"dropped": 1, "kept": 0} and keys(storage, done["upload_id"]) == []


def test_a_dropped_picture_is_shown_nowhere(shop: Shop, storage: ObjectStorage):
    staff = shop.staff()
    done = uploaded(staff, picture(), content_type="image/png")
    shop.move(days=32)
    shop.tick(TIMER)
    before = shop.rows(uploads)
    with refused("UPLOAD_NOT_CHECKED", status=422, field="picture_url"):
        staff.call("catalog.save_category", name="服装", picture_url=done["public_url"])
    assert shop.rows(uploads) == before
