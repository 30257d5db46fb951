"""settlements.remove_receiver: nothing more is shared with it (E7)."""

from __future__ import annotations

from mall.tables.settlements import share_receivers

from tests.functions.settlements.parts import receiver
from tests.support.pay import Paying
from tests.support.shop import Shop, refused


def test_a_receiver_is_removed_here_and_at_wechat_and_again_without_harm(shop: Shop, paying: Paying):
    receiver_id, staff = receiver(shop), shop.staff("settlements.*")
    paying.faults({"at": "delete_receiver", "do": "500"})
    with refused("PAY_OUTCOME_UNKNOWN"):
        staff.call("settlements.remove_receiver", receiver_id=receiver_id)
    assert shop.rows(share_receivers)[0].state == "REMOVED"
    assert staff.call("settlements.remove_receiver", receiver_id=receiver_id) == {"receiver_id": receiver_id}
    assert staff.call("settlements.list_receivers") == {"items": []}


def test_what_was_removed_comes_back_by_saving_it(shop: Shop, paying: Paying):
    receiver_id = receiver(shop)
    shop.staff().call("settlements.remove_receiver", receiver_id=receiver_id)
    assert receiver(shop, per_ten_thousand=10) == receiver_id
    row = shop.rows(share_receivers)[0]
    assert (row.state, row.per_ten_thousand) == ("ACTIVE", 10)


def test_anothers_receiver_is_not_found(shop: Shop, paying: Paying):
    receiver_id = receiver(shop)
    shop.database.run(lambda tx: tx.write(share_receivers.update().values(seller_id="sel_other")))
    with refused("RECEIVER_NOT_FOUND", status=404, field="receiver_id"):
        shop.staff().call("settlements.remove_receiver", receiver_id=receiver_id)
    assert shop.rows(share_receivers)[0].state == "ACTIVE"
