// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { Day } from "./kinds.js";

/** What coupons cost and what they brought by day (优惠券成本与成交). */
export declare namespace chart_coupons {
  /** Days of Shanghai, 92 at most. */
  interface Window {
    from_day: Day;
    /** included */
    until_day: Day;
  }

  interface CouponsDay {
    /** of Shanghai */
    day: Day;
    /** that coupons paid, less what came back with refunds */
    cost_fen: number;
    /** with coupons, that were paid */
    orders: number;
    /** that came for orders with coupons */
    takings_fen: number;
  }

  interface CouponsChart {
    /** each of the window, until today */
    days: CouponsDay[];
  }
}

/** Points by day (积分趋势), and how many are owed to members when each day ends. */
export declare namespace chart_points {
  /** Days of Shanghai, 92 at most. */
  interface Window {
    from_day: Day;
    /** included */
    until_day: Day;
  }

  interface PointsDay {
    /** of Shanghai */
    day: Day;
    /** by orders and sign-ins */
    earned: number;
    /** that had paid, with refunds */
    returned: number;
    spent: number;
    /** that had been earned, with refunds; what paid a debt too */
    taken_back: number;
    expired: number;
    /** what is set aside for unpaid orders too; a hundred are a yuan */
    owed: number;
  }

  interface PointsChart {
    /** each of the window, until today */
    days: PointsDay[];
  }
}

/** Refunds by day (退款趋势), each on the day on which it was decided. */
export declare namespace chart_refunds {
  /** Days of Shanghai, 92 at most. */
  interface Window {
    from_day: Day;
    /** included */
    until_day: Day;
  }

  interface RefundsDay {
    /** of Shanghai */
    day: Day;
    /** by WeChat and into stored value together */
    refunds_fen: number;
    refunds: number;
  }

  interface RefundsChart {
    /** each of the window, until today */
    days: RefundsDay[];
  }
}

/** Profit sharing by day (分账趋势): what receivers were promised, and what came back. */
export declare namespace chart_sharing {
  /** Days of Shanghai, 92 at most. */
  interface Window {
    from_day: Day;
    /** included */
    until_day: Day;
  }

  interface SharingDay {
    /** of Shanghai */
    day: Day;
    /** less what was refused */
    shared_fen: number;
    /** called back before refunds */
    returned_fen: number;
  }

  interface SharingChart {
    /** each of the window, until today */
    days: SharingDay[];
  }
}

/** Takings and paid orders by day (营业额趋势), exact by the ledger. */
export declare namespace chart_takings {
  /** Days of Shanghai, 92 at most. */
  interface Window {
    from_day: Day;
    /** included */
    until_day: Day;
  }

  interface TakingsDay {
    /** of Shanghai */
    day: Day;
    /** that came for orders, by WeChat and from stored value */
    takings_fen: number;
    /** paid, those that cost nothing too */
    orders: number;
  }

  interface TakingsChart {
    /** each of the window, until today */
    days: TakingsDay[];
  }
}

/** Today (今日概览): what waits for the staff, and takings and orders hour by hour beside yesterday. */
export declare namespace view_today {
  interface Nothing {}

  interface Hour {
    /** of Shanghai, 0 to 23 */
    hour: number;
    /** that came for orders, by WeChat and from stored value */
    takings_fen: number;
    /** paid, those that cost nothing too */
    orders: number;
  }

  /** How many there are of each; 100: more than 99. */
  interface Waits {
    /** orders, or to be picked up */
    to_ship: number;
    refund_requests: number;
    /** that wait for a second person */
    approvals: number;
    cases: number;
    stock_alerts: number;
    /** of the platform; 0 for other sellers */
    parked_events: number;
    /** between WeChat's bills and the books */
    differences: number;
  }

  interface Today {
    waits: Waits;
    /** until the hour that it is */
    today: Hour[];
    yesterday: Hour[];
  }
}
