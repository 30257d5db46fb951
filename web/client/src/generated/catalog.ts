// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** Copy a product (复制商品): a draft with the same goods under new SKU codes, without stock. */
export declare namespace copy_product {
  interface CopyProduct {
    /** at least 1 letters, at most 64 letters */
    spu_id: string;
  }

  interface ProductCopied {
    spu_id: string;
    sku_ids: string[];
  }
}

/** Export all goods to a file (商品导出), CSV or Excel, behind a link that lasts ten minutes. */
export declare namespace export_products {
  interface ExportProducts {
    /** default "xlsx" */
    kind?: "csv" | "xlsx";
  }

  interface ProductsExported {
    /** SKUs that are sold */
    rows: number;
    url: string;
  }
}

/**
 * What was uploaded is checked and may be used (上传完成): pictures are drawn anew, in the sizes that are shown.
 */
export declare namespace finish_upload {
  interface FinishUpload {
    /** at least 1 letters, at most 64 letters */
    upload_id: string;
  }

  interface UploadFinished {
    upload_id: string;
    key: string;
    /** of catalog.save_product's media, members.update_profile; none: it is private */
    public_url: string | null;
    /** of a public picture its address by size: small 160, medium 480, large 1080 pixels wide */
    sizes: { [name: string]: string };
    /** of a picture, as it is kept */
    width: number | null;
    height: number | null;
    size_bytes: number;
  }
}

/** The detail page of a product (商品详情) in one call: goods, this buyer's prices, stock, what applies. */
export declare namespace get_product {
  interface GetProduct {
    /** at least 1 letters, at most 64 letters */
    spu_id: string;
  }

  interface ClaimableCoupon {
    template_id: string;
    title: string;
    kind: string;
    offer: string;
    claim_until: Moment;
  }

  interface GroupBuy {
    group_buy_id: string;
    title: string;
    size: number;
    open_hours: number;
    per_member: number;
    /** fen by SKU */
    prices: { [name: string]: number };
    leader_prices: { [name: string]: number };
    ends_at: Moment;
  }

  interface Promotion {
    promotion_id: string;
    title: string;
    /** 满300.00减50.00 */
    offer: string;
    ends_at: Moment;
  }

  interface Share {
    title: string;
    picture_url: string | null;
    /** of the mini program's page */
    path: string;
  }

  interface SkuShown {
    sku_id: string;
    spec_values: string[];
    price_fen: number;
    your_price_fen: number;
    your_price_rule: string;
    price_tiers: number[][];
    weight_grams: number;
    picture_url: string | null;
    stock: string;
    available: number;
    stock_sentence: string;
    purchase_rule: string;
  }

  interface Product {
    spu_id: string;
    seller_id: string;
    title: string;
    subtitle: string;
    category_path: string[];
    /** category_id, name, from the top */
    breadcrumbs: { [name: string]: string }[];
    /** video, carousel, scenes; 1080 pixels wide, where uploaded here */
    media: { [name: string]: string | string[] | null };
    /** name, values */
    specs: ({ [name: string]: string | string[] })[];
    tags: string[];
    description: string;
    is_virtual: boolean;
    sold: number;
    skus: SkuShown[];
    promotions: Promotion[];
    coupons: ClaimableCoupon[];
    group_buys: GroupBuy[];
    freight_sentence: string;
    /** of all its SKUs together: 每人限购 5 件; empty where there is none */
    purchase_rule: string;
    share: Share;
  }
}

/** Import goods from a file (商品导入): CSV or Excel, a row for each SKU; each row that is wrong says why. */
export declare namespace import_products {
  interface ImportProducts {
    /** chosen by the client; sent again, it answers as before · at least 1 letters, at most 64 letters */
    import_id: string;
    /** at most 255 letters */
    object_key: string;
  }

  interface RowError {
    /** as the spreadsheet counts: the header is row 1 */
    row: number;
    column: string;
    code: string;
    sentence: string;
  }

  interface ProductsImported {
    /** DONE; PARTLY: some products stayed out; REFUSED: all of them did */
    state: string;
    row_count: number;
    /** rows that became new SKUs */
    created: number;
    /** rows that changed a SKU or its product */
    updated: number;
    /** rows that say what is there: nothing was written for them */
    unchanged: number;
    /** at most 200 */
    errors: RowError[];
  }
}

/** A form to upload one picture, video, PDF or import file straight to object storage (直传表单). */
export declare namespace issue_upload_url {
  interface IssueUploadUrl {
    /** In which it is kept; decides the size limit. */
    content_type: "image/jpeg" | "image/png" | "image/webp" | "video/mp4" | "application/pdf" | "text/csv" | "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    /** none: PRODUCT, PAPER or IMPORT, by the type */
    purpose?: "PRODUCT" | "PAPER" | "IMPORT" | null;
  }

  interface UploadForm {
    /** of finish_upload, after the upload */
    upload_id: string;
    purpose: string;
    /** POST multipart: the fields, then the part named file */
    url: string;
    fields: { [name: string]: string };
    /** where it is kept; of catalog.import_products and fulfilment.import_shipments */
    key: string;
    /** where everybody reads it once it is checked */
    public_url: string | null;
    most_bytes: number;
    expires_at: Moment;
  }
}

/** The category tree (类目树): three levels at most, hidden branches left out. */
export declare namespace list_categories {
  interface ListCategories {
    /** at least 1 letters, at most 64 letters */
    seller_id?: string | null;
  }

  interface Category {
    category_id: string;
    name: string;
    picture_url: string | null;
    children: Category[];
  }

  interface Categories {
    items: Category[];
  }
}

/**
 * All of the seller's categories (类目管理), hidden ones too, each with the version that a change has to name.
 */
export declare namespace list_own_categories {
  interface Nothing {}

  interface OwnCategory {
    category_id: string;
    /** to be sent back with a change */
    version: number;
    parent_id: string | null;
    name: string;
    /** 1 to 3 */
    depth: number;
    /** ids from the root down to this one */
    path: string[];
    position: number;
    picture_url: string | null;
    visible: boolean;
  }

  interface OwnCategories {
    items: OwnCategory[];
  }
}

/** Listed goods (商品列表): by category with all below it, tag and words of the title, in four orders. */
export declare namespace list_products {
  interface ListProducts {
    /** at least 1 letters, at most 64 letters */
    category_id?: string | null;
    /** at least 1 letters, at most 64 letters */
    tag?: string | null;
    /** at least 1 letters, at most 64 letters */
    keyword?: string | null;
    /** at least 1 letters, at most 64 letters */
    seller_id?: string | null;
    /** from 0, to 10000000000 */
    price_from_fen?: number | null;
    /** from 0, to 10000000000 */
    price_to_fen?: number | null;
    /** default "newest" */
    sort?: "newest" | "price_low" | "price_high" | "most_sold";
    /** of the same sort · at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface Crumb {
    category_id: string;
    name: string;
  }

  interface ProductCard {
    spu_id: string;
    seller_id: string;
    title: string;
    subtitle: string;
    /** 480 pixels wide, where it was uploaded here */
    picture_url: string | null;
    tags: string[];
    lowest_price_fen: number;
    sold: number;
  }

  interface ProductPage {
    items: ProductCard[];
    /** of the category asked for, from the top */
    breadcrumbs: Crumb[];
    /** None at the end; a page of a keyword or a price may be short before it */
    next_cursor: string | null;
  }
}

/** The seller's own goods (商品管理列表), drafts and unlisted ones too, the newest first. */
export declare namespace list_shelf {
  interface ListShelf {
    /** these alone, whatever else is asked for · at least 1, at most 200 */
    spu_ids?: string[] | null;
    state?: "DRAFT" | "LISTED" | "UNLISTED" | null;
    /** of the title · at least 1 letters, at most 64 letters */
    keyword?: string | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface ShelfRow {
    spu_id: string;
    title: string;
    category_id: string;
    state: string;
    version: number;
    lowest_price_fen: number;
    sold: number;
    list_at: Moment | null;
    unlist_at: Moment | null;
    changed_at: Moment;
  }

  interface ShelfPage {
    items: ShelfRow[];
    /** None at the end; a page of a keyword may be short before it */
    next_cursor: string | null;
  }
}

/** One of the seller's own products in full (编辑商品), with the version that a change has to name. */
export declare namespace open_product {
  interface OpenProduct {
    /** at least 1 letters, at most 64 letters */
    spu_id?: string | null;
    /** instead: the product that has this SKU · at least 1 letters, at most 64 letters */
    sku_id?: string | null;
  }

  interface Sku {
    sku_id: string;
    sku_code: string;
    spec_values: string[];
    price_fen: number;
    member_price_fen: number | null;
    /** [from so many pieces, fen each] */
    price_tiers: number[][];
    commission_percent: number;
    weight_grams: number;
    picture_url: string | null;
    active: boolean;
    /** as catalog.save_product takes them; none: there are none */
    purchase_rules: { [name: string]: unknown } | null;
  }

  interface Product {
    spu_id: string;
    version: number;
    state: string;
    category_id: string;
    title: string;
    subtitle: string;
    media: { [name: string]: unknown };
    specs: { [name: string]: unknown }[];
    tags: string[];
    description: string;
    is_virtual: boolean;
    freight_template_id: string | null;
    list_at: Moment | null;
    unlist_at: Moment | null;
    /** of all its SKUs together */
    purchase_rules: { [name: string]: unknown } | null;
    /** those not sold now too, retired ones not */
    skus: Sku[];
  }
}

/** List products (上架), at once or at a set time: each that is complete, and why not the others. */
export declare namespace publish_products {
  interface PublishProducts {
    /** at least 1, at most 100 */
    spu_ids: string[];
    /** none: at once */
    list_at?: Moment | null;
  }

  interface Outcome {
    spu_id: string;
    done: boolean;
    code: string | null;
    sentence: string | null;
  }

  interface Published {
    results: Outcome[];
  }
}

/** Make, rename or move a category (保存类目): at most three levels, what stands below comes along. */
export declare namespace save_category {
  interface SaveCategory {
    /** none: a new one · at least 1 letters, at most 64 letters */
    category_id?: string | null;
    /** of a change: the version that was read · from 1, to 1000000000 */
    version?: number | null;
    /** none: at the top · at least 1 letters, at most 64 letters */
    parent_id?: string | null;
    /** at least 1 letters, at most 64 letters */
    name: string;
    /** from 0, to 10000000 · default 0 */
    position?: number;
    /** at most 512 letters */
    picture_url?: string | null;
    /** default true */
    visible?: boolean;
  }

  interface CategorySaved {
    category_id: string;
    version: number;
    path: string[];
  }
}

/** Make or change a product with its SKU matrix (保存商品): every combination of specifications once. */
export declare namespace save_product {
  interface Media {
    /** at most 512 letters */
    video?: string | null;
    /** at most 15 · default [] */
    carousel?: string[];
    /** at most 30 · default [] */
    scenes?: string[];
  }

  /** Pieces; of the SKU, or of all SKUs of the product together. */
  interface PurchaseRules {
    /** from 1, to 9999 · default 1 */
    least?: number;
    /** from 1, to 9999 · default 1 */
    multiple?: number;
    /** of one person; none: as many as there are · from 1, to 1000000 */
    most_ever?: number | null;
    /** from 1, to 1000000 */
    most_per_day?: number | null;
    /** of members who may buy it; none: everybody · at most 10 · default [] */
    levels?: string[];
  }

  interface Sku {
    /** a SKU is known by its specification values · at least 1 letters, at most 64 letters */
    sku_id?: string | null;
    /** at least 1 letters, at most 64 letters */
    sku_code: string;
    /** at most 4 · default [] */
    spec_values?: string[];
    /** from 1, to 10000000000 */
    price_fen: number;
    /** from 1, to 10000000000 */
    member_price_fen?: number | null;
    /** at most 10 · default [] */
    price_tiers?: Tier[];
    /** from 0, to 100 · default 0 */
    commission_percent?: number;
    /** from 0, to 1000000 · default 0 */
    weight_grams?: number;
    /** at most 512 letters */
    picture_url?: string | null;
    /** default true */
    active?: boolean;
    purchase_rules?: PurchaseRules | null;
  }

  interface Spec {
    /** at least 1 letters, at most 64 letters */
    name: string;
    /** at least 1, at most 100 */
    values: string[];
  }

  interface Tier {
    /** from 1, to 9999 */
    min_quantity: number;
    /** from 1, to 10000000000 */
    price_fen: number;
  }

  interface SaveProduct {
    /** none: a new one · at least 1 letters, at most 64 letters */
    spu_id?: string | null;
    /** of a change: the version that was read · from 1, to 1000000000 */
    version?: number | null;
    /** at least 1 letters, at most 128 letters */
    title: string;
    /** at most 255 letters */
    subtitle?: string;
    /** at least 1 letters, at most 64 letters */
    category_id: string;
    /** default {"video": null, "carousel": [], "scenes": []} */
    media?: Media;
    /** at most 4 · default [] */
    specs?: Spec[];
    /** at least 1, at most 200 */
    skus: Sku[];
    /** at most 20 · default [] */
    tags?: string[];
    /** at most 20000 letters */
    description?: string;
    /** default false */
    is_virtual?: boolean;
    /** none: the default template · at least 1 letters, at most 64 letters */
    freight_template_id?: string | null;
    /** of all its SKUs together, beside each one's own */
    purchase_rules?: PurchaseRules | null;
  }

  interface ProductWasSaved {
    spu_id: string;
    version: number;
    /** in the order given */
    sku_ids: string[];
  }
}

/** Add codes to a virtual SKU (卡密入库): each code once, and one unit of stock for each. */
export declare namespace save_virtual_codes {
  interface SaveVirtualCodes {
    /** at least 1 letters, at most 64 letters */
    sku_id: string;
    /** at least 1, at most 500 */
    codes: string[];
    /** the batch's own number: received once · at least 1 letters, at most 64 letters */
    reference: string;
  }

  interface CodesSaved {
    added: number;
  }
}

/** Unlist products (下架), at once or at a set time; at once also drops what was planned. */
export declare namespace withdraw_products {
  interface WithdrawProducts {
    /** at least 1, at most 100 */
    spu_ids: string[];
    /** none: at once */
    unlist_at?: Moment | null;
  }

  interface Outcome {
    spu_id: string;
    done: boolean;
    code: string | null;
    sentence: string | null;
  }

  interface Withdrawn {
    results: Outcome[];
  }
}
