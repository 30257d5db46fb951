// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Moment } from "./kinds.js";

/** Correct a count (库存调整): so many units more or fewer, with a reason and a reference of its own. */
export declare namespace adjust_stock {
  interface AdjustStock {
    /** at least 1 letters, at most 64 letters */
    sku_id: string;
    /** from -1000000, to 1000000 */
    delta: number;
    /** at least 1 letters, at most 128 letters */
    reason: string;
    /** the staff's own number of this correction: counted once · at least 1 letters, at most 64 letters */
    reference: string;
    /** at least 1 letters, at most 64 letters · default "whs_00000000000000000000000001" */
    warehouse_id?: string;
  }

  interface Nothing {}
}

/** The seller's stock by SKU and warehouse (库存列表): what may be sold and what is promised. */
export declare namespace list_stock {
  interface ListStock {
    /** at least 1 letters, at most 64 letters */
    spu_id?: string | null;
    /** at least 1 letters, at most 64 letters */
    sku_code?: string | null;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface StockRow {
    sku_id: string;
    warehouse_id: string;
    spu_id: string;
    title: string;
    sku_code: string;
    spec_values: string[];
    available: number;
    /** promised to unpaid orders */
    held: number;
    safe_level: number;
    below_safe: boolean;
    /** of the safe level, to be sent back with a change */
    version: number;
  }

  interface StockPage {
    items: StockRow[];
    next_cursor: string | null;
  }
}

/** What runs low (库存预警): places under their safe level whose alert was raised and not yet answered. */
export declare namespace list_stock_alerts {
  interface ListStockAlerts {
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface Alert {
    sku_id: string;
    warehouse_id: string;
    spu_id: string;
    title: string;
    sku_code: string;
    spec_values: string[];
    available: number;
    safe_level: number;
  }

  interface Alerts {
    items: Alert[];
    next_cursor: string | null;
  }
}

/** The stock ledger of one SKU (库存流水): every movement with its reference, the newest first. */
export declare namespace list_stock_entries {
  interface ListStockEntries {
    /** at least 1 letters, at most 64 letters */
    sku_id: string;
    /** at most 256 letters */
    cursor?: string | null;
    /** from 1, to 50 · default 20 */
    limit?: number;
  }

  interface StockEntry {
    entry_id: string;
    warehouse_id: string;
    /** RECEIVE ADJUST HOLD RELEASE COMMIT RETURN TRANSFER */
    kind: string;
    available_change: number;
    held_change: number;
    reference: string;
    reason: string;
    actor_id: string;
    created_at: Moment;
  }

  interface StockEntries {
    items: StockEntry[];
    next_cursor: string | null;
  }
}

/** The seller's warehouses (仓库列表), those that are closed too: at most fifty, the first in priority first. */
export declare namespace list_warehouses {
  interface Nothing {}

  interface Warehouse {
    warehouse_id: string;
    /** to be sent back with a change */
    version: number;
    name: string;
    province: string;
    city: string;
    district: string;
    detail: string;
    /** 广东省, 广东省/深圳市 ...: what it serves first; none: everywhere */
    regions: string[];
    /** the lower the earlier, among those that are as near */
    priority: number;
    active: boolean;
  }

  interface Warehouses {
    items: Warehouse[];
  }
}

/** Make or change a warehouse (仓库): where it is, which places it serves first, whether it is open. */
export declare namespace save_warehouse {
  interface SaveWarehouse {
    /** none: a new one · at least 1 letters, at most 64 letters */
    warehouse_id?: string | null;
    /** of a change: the version that was read · from 1, to 1000000000 */
    version?: number | null;
    /** at least 1 letters, at most 64 letters */
    name: string;
    /** at most 32 letters */
    province?: string;
    /** at most 32 letters */
    city?: string;
    /** at most 32 letters */
    district?: string;
    /** at most 255 letters */
    detail?: string;
    /** 广东省, 广东省/深圳市 ...: served first; none: everywhere · at most 400 · default [] */
    regions?: string[];
    /** the lower the earlier, among those that are as near · from 0, to 1000 · default 0 */
    priority?: number;
    /** of one that is closed nothing is sold; what it has stays · default true */
    active?: boolean;
  }

  interface WarehouseSaved {
    warehouse_id: string;
    version: number;
  }
}

/** Set the safe level (安全库存): below so many units the shop is told to replenish; 0 for never. */
export declare namespace set_safe_level {
  interface SetSafeLevel {
    /** at least 1 letters, at most 64 letters */
    sku_id: string;
    /** of the level, as stock.list_stock shows it · from 1, to 1000000000 */
    version: number;
    /** from 0, to 10000000 */
    safe_level: number;
    /** at least 1 letters, at most 64 letters · default "whs_00000000000000000000000001" */
    warehouse_id?: string;
  }

  interface SafeLevelSet {
    version: number;
  }
}

/** Move stock between warehouses (调拨): out of one and into the other, or not at all. */
export declare namespace transfer_stock {
  interface TransferStock {
    /** at least 1 letters, at most 64 letters */
    sku_id: string;
    /** from 1, to 9999 */
    quantity: number;
    /** at least 1 letters, at most 64 letters */
    from_warehouse_id: string;
    /** at least 1 letters, at most 64 letters */
    to_warehouse_id: string;
    /** at least 1 letters, at most 128 letters */
    reason: string;
    /** at least 1 letters, at most 64 letters */
    reference: string;
  }

  interface Nothing {}
}
