// Written by `python -m infra.web generate` from the functions; changes here are lost.

/** Take goods out of the cart (删除购物车商品); those that are not in it are no matter. */
export declare namespace drop_cart_items {
  interface DropCartItems {
    /** at least 1, at most 200 */
    sku_ids: string[];
  }

  interface Nothing {}
}

/** Put goods into the cart (加入购物车): add to what is there, or set the quantity. */
export declare namespace put_cart_item {
  interface PutCartItem {
    /** at least 1 letters, at most 64 letters */
    sku_id: string;
    /** from 1, to 9999 · default 1 */
    quantity?: number;
    /** default "add" */
    mode?: "add" | "set";
  }

  interface CartSize {
    /** different SKUs in the cart */
    sku_count: number;
  }
}

/** Select or deselect items of the cart (勾选), some or all. */
export declare namespace select_cart_items {
  interface SelectCartItems {
    /** none: all · at least 1, at most 200 */
    sku_ids?: string[] | null;
    selected: boolean;
  }

  interface Nothing {}
}

/** My cart (购物车) with live prices: items, invalid ones apart, the sum of what is selected, add-on hints. */
export declare namespace view_cart {
  interface Nothing {}

  interface AddOn {
    promotion_id: string;
    title: string;
    missing_fen: number;
    missing_quantity: number;
    saves_fen: number;
    /** 再买 30.00 元可减 50.00 元 */
    sentence: string;
  }

  interface InvalidItem {
    sku_id: string;
    spu_id: string | null;
    title: string;
    spec_values: string[];
    picture_url: string | null;
    quantity: number;
    reason: string;
    sentence: string;
  }

  interface Item {
    sku_id: string;
    spu_id: string;
    seller_id: string;
    title: string;
    spec_values: string[];
    picture_url: string | null;
    quantity: number;
    selected: boolean;
    price_fen: number;
    your_price_fen: number;
    your_price_rule: string;
    amount_fen: number;
    is_short: boolean;
    available: number;
    stock_sentence: string;
    hint: string;
    purchase_rule: string;
  }

  interface SellersItems {
    seller_id: string;
    seller_name: string;
    sku_ids: string[];
    selected_count: number;
    selected_fen: number;
  }

  interface Cart {
    items: Item[];
    /** whose they are */
    sellers: SellersItems[];
    invalid_items: InvalidItem[];
    /** pieces */
    selected_count: number;
    /** of what is selected */
    goods_fen: number;
    full_reduction_fen: number;
    /** by other promotions */
    promotion_fen: number;
    /** before coupons and freight */
    pay_fen: number;
    add_ons: AddOn[];
    can_check_out: boolean;
    /** the sentence for it, where something is selected and the order would be refused */
    why_not: string;
  }
}
