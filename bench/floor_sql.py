"""The statements of the floor (`bench.floor`): what the house sends today, written by hand."""

from __future__ import annotations

SELLER = "sel_00000000000000000000000001"
MEMBER = ("SELECT m.member_id, m.level, m.nickname, m.blocked, m.blocked_until, m.blocked_why, s.appid, s.openid, "
          "s.session_id, s.expires_at, s.revoked_at FROM sessions s JOIN members m ON s.subject_id = m.member_id "
          "WHERE s.session_id = ?")
SETTINGS = "SELECT document FROM shop_settings WHERE seller_id = ?"
REGISTER = ("INSERT {ignore} INTO idempotency_keys (key_hash, payload_hash, nonces, made_by, answer, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?)")
REGISTERED = ("SELECT key_hash, payload_hash, nonces, made_by, answer, created_at FROM idempotency_keys "
              "WHERE key_hash = ?{lock}")
MINE = "SELECT member_id FROM members WHERE member_id = ?{lock}"
UNPAID = "SELECT count(*) FROM orders WHERE member_id = ? AND state = 'UNPAID'"
ANSWERED = "UPDATE idempotency_keys SET answer = ? WHERE key_hash = ?"
SKUS = ("SELECT k.sku_id, k.spu_id, k.seller_id, k.price_fen, k.member_price_fen, k.price_tiers, k.weight_grams, "
        "k.spec_values, k.picture_url, k.active, p.title, p.state, p.category_path, p.is_virtual, "
        "p.freight_template_id, p.media, k.purchase_rules, p.purchase_rules, (SELECT reason FROM sellers "
        "WHERE seller_id = k.seller_id AND state = 'SUSPENDED'), coalesce((SELECT commission_per_ten_thousand "
        "FROM sellers WHERE seller_id = k.seller_id), 0) "
        "FROM skus k JOIN products p ON k.spu_id = p.spu_id WHERE k.sku_id IN ({marks})")
STOCK = ("SELECT i.sku_id, i.warehouse_id, i.available, w.regions, w.priority FROM stock_items i "
         "LEFT JOIN warehouses w ON w.seller_id = i.seller_id AND w.warehouse_id = i.warehouse_id "
         "WHERE i.sku_id IN ({marks}) AND coalesce(w.active, 1) = 1 ORDER BY i.sku_id, i.warehouse_id")
SELLERS = "(SELECT seller_id FROM skus WHERE sku_id IN ({marks}))"
PROMOTIONS = (f"SELECT promotion_id, seller_id, title, document, kind FROM promotions WHERE seller_id IN {SELLERS} "
              "AND state = 'ACTIVE' AND starts_at <= ? AND ends_at > ? ORDER BY promotion_id")
COUPONS = ("SELECT c.coupon_id, c.template_id, c.seller_id, c.valid_from, c.valid_until, t.title, t.kind, t.document "
           "FROM coupons c JOIN coupon_templates t ON c.template_id = t.template_id WHERE c.member_id = ? "
           "AND c.state = 'USABLE' AND c.valid_until > ? ORDER BY c.valid_until, c.coupon_id LIMIT 50")
FREIGHT = ("SELECT freight_template_id, name, document, is_default FROM freight_templates "
           f"WHERE seller_id IN {SELLERS} ORDER BY freight_template_id")
PLACE = ("SELECT address_id, province, city, district, is_default FROM addresses "
         "WHERE member_id = ? AND (address_id = ? OR is_default IS true)")
ADDRESS = PLACE.replace("is_default FROM", "is_default, name, phone, detail FROM")
ORDER = ("INSERT INTO orders (order_no, checkout_id, seller_id, member_id, kind, group_id, state, delivery, goods_fen, "
         "discount_fen, freight_fen, pay_fen, balance_fen, refunded_fen, balance_refunded_fen, points_used, "
         "commission_per_ten_thousand, points_terms, address, address_version, receiver_phone_hash, "
         "receiver_name_hash, price, buyer_note, staff_note, pickup_code, payment_no, close_reason, "
         "unpaid_reminded, expires_at, placed_at, paid_at, shipped_at, received_at, closed_at) "
         "VALUES (?, ?, ?, ?, 'NORMAL', NULL, 'UNPAID', 'EXPRESS', "
         "?, ?, ?, ?, 0, 0, 0, 0, 0, ?, ?, 1, ?, ?, ?, ?, '', NULL, NULL, NULL, 0, ?, ?, NULL, NULL, NULL, NULL)")
POINTS_TERMS = '{"per_yuan":1,"days":365,"grace_days":7}'
POINT_LOTS = ("SELECT lot_id, free, removed, taken_back, expires_at, state FROM point_lots WHERE member_id = ? "
              "AND free > 0 AND expires_at > ? ORDER BY expires_at, lot_id LIMIT 200")
ORDER_LINE = ("INSERT INTO order_lines (line_id, order_no, spu_id, sku_id, warehouse_id, title, spec_values, "
              "picture_url, is_virtual, quantity, unit_fen, pay_fen, refunded_quantity, allowance_fen, "
              "delivered_codes, is_gift) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, NULL, 0)")
ORDER_EVENT = ("INSERT INTO order_events (event_id, order_no, move, from_state, to_state, actor, reason, created_at) "
               "VALUES (?, ?, ?, ?, ?, ?, '', ?)")
STOCK_ENTRY = ("INSERT INTO stock_entries (entry_id, sku_id, warehouse_id, kind, available_change, held_change, "
               "reference, reason, actor_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, '', ?, ?)")
STOCK_MOVE = ("UPDATE stock_items SET available = available + ?, held = held + ? WHERE sku_id = ? AND warehouse_id = ? "
              "AND available + ? >= 0 AND held + ? >= 0")
OUTBOX = ("INSERT INTO outbox_events (event_id, kind, version, payload, request_id, state, waiting, attempts, due_at, "
          "last_error, taken_by, created_at) VALUES (?, ?, 1, ?, ?, 'PENDING', NULL, 0, ?, NULL, NULL, ?)")
LISTED = ("SELECT spu_id, seller_id, category_path, title, subtitle, media, specs, tags, description, is_virtual, "
          "freight_template_id, sold, purchase_rules, (SELECT reason FROM sellers "
          "WHERE sellers.seller_id = products.seller_id AND sellers.state = 'SUSPENDED') "
          "FROM products WHERE spu_id = ? AND state = 'LISTED'")
LISTED_SKUS = ("SELECT k.sku_id, k.spu_id, k.seller_id, k.spec_values, k.price_fen, k.member_price_fen, "
               "k.price_tiers, k.weight_grams, k.picture_url, k.purchase_rules, p.category_path, p.is_virtual, "
               "p.freight_template_id FROM skus k JOIN products p "
               "ON k.spu_id = p.spu_id WHERE k.spu_id = ? AND k.active = 1")
LISTED_FREIGHT = ("SELECT f.freight_template_id, f.name, f.document, f.is_default FROM products p "
                  "JOIN freight_templates f ON f.seller_id = p.seller_id WHERE p.spu_id = ? "
                  "AND (f.freight_template_id = p.freight_template_id OR f.is_default = 1)")
LISTED_STOCK = ("SELECT i.sku_id, i.available FROM stock_items i JOIN skus k ON i.sku_id = k.sku_id "
                "LEFT JOIN warehouses w ON w.seller_id = i.seller_id AND w.warehouse_id = i.warehouse_id "
                "WHERE k.spu_id = ? AND coalesce(w.active, 1) = 1")
LISTED_CATEGORIES = ("SELECT c.category_id, c.name FROM product_categories pc JOIN categories c "
                     "ON c.category_id = pc.category_id WHERE pc.spu_id = ? AND c.visible = 1 ORDER BY c.depth")
SELLER_OF = "(SELECT seller_id FROM products WHERE spu_id = ?)"
LISTED_PROMOTIONS = ("SELECT promotion_id, seller_id, title, document, ends_at, kind FROM promotions WHERE seller_id = "
                     f"{SELLER_OF} AND state = 'ACTIVE' AND starts_at <= ? "
                     "AND ends_at > ? ORDER BY promotion_id LIMIT 50")
LISTED_COUPONS = ("SELECT template_id, seller_id, kind, title, document, claim_until FROM coupon_templates "
                  f"WHERE seller_id = {SELLER_OF} AND channel = 'CENTRE' AND state = 'ACTIVE' AND claimed < quota "
                  "AND claim_from <= ? AND claim_until > ? ORDER BY template_id DESC LIMIT 50")
LISTED_GROUPS = ("SELECT group_buy_id, title, size, open_hours, per_member, prices, leader_prices, ends_at "
                 "FROM group_buys WHERE spu_id = ? AND state = 'ACTIVE' AND starts_at <= ? AND ends_at > ? "
                 "ORDER BY group_buy_id LIMIT 50")
PAYMENT = ("SELECT payment_no, checkout_id, member_id, channel, state, amount_fen, refunded_fen, openid, appid, "
           "prepay_id, code_url, h5_url, transaction_id, active_key, asked, ask_at, refund_sent_at, expires_at, "
           "created_at, paid_at, purpose FROM payments WHERE payment_no = ?")
CHECKOUT_ORDERS = ("SELECT order_no, checkout_id, seller_id, member_id, kind, group_id, state, delivery, goods_fen, "
                   "discount_fen, freight_fen, pay_fen, balance_fen, refunded_fen, balance_refunded_fen, points_used, "
                   "commission_per_ten_thousand, points_terms, address_version, price, buyer_note, staff_note, "
                   "pickup_code, payment_no, close_reason, unpaid_reminded, expires_at, close_at, placed_at, paid_at, "
                   "shipped_at, received_at, closed_at FROM orders WHERE checkout_id = ? ORDER BY order_no{lock}")
CHECKOUT_LINES = ("SELECT l.line_id, l.order_no, l.spu_id, l.sku_id, l.warehouse_id, l.title, l.spec_values, "
                  "l.picture_url, l.is_virtual, l.quantity, l.unit_fen, l.pay_fen, l.refunded_quantity, "
                  "l.allowance_fen, l.delivered_codes, l.shipped_quantity, l.cancelled_quantity, l.is_gift "
                  "FROM order_lines l JOIN orders o ON l.order_no = o.order_no "
                  "WHERE o.checkout_id = ? ORDER BY l.line_id")
PAID = ("UPDATE payments SET state = 'PAID', amount_fen = ?, transaction_id = ?, active_key = NULL, ask_at = NULL, "
        "paid_at = ? WHERE payment_no = ? AND state != 'PAID'")
USE_COUPONS = "UPDATE coupons SET state = 'USED', used_at = ? WHERE order_no = ? AND state IN ('HELD')"
TO_SHIP = ("UPDATE orders SET state = 'TO_SHIP', payment_no = ?, paid_at = ? WHERE order_no = ? AND state = 'UNPAID'")
LEDGER = ("INSERT INTO ledger_entries (reference, leg, account, amount, about, reason, created_at) "
          "VALUES (?, ?, ?, ?, ?, 'PAYMENT_RECEIVED', ?)")
