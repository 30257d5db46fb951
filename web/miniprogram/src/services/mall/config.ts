/** What a shop sets: where its mall is. */

/** Base addresses of the mall, as they stand among the request domains; the next is asked where one does not answer. */
export const addresses: string[] = ["https://api.example.com"];

/** The CloudBase environment that the mall runs in: its cloud calls come first then. Empty: none. */
export const cloudEnv: string = "";

/** Against a mall on your own machine (`make run`): who it is, as its WeChat takes any name. Empty: WeChat says so. */
export const simulatedPerson: string = "";

/** Of the customer service, for whoever taps 客服热线. Empty: not shown. */
export const servicePhone: string = "";
export const serviceHours: string = "";

/** The pictures on top of the home page. */
export const homePictures: string[] = [];

/** What WeChat asks after a payment whether the shop may tell about it, three at most. */
export const messages: string[] = ["order_shipped", "refund_done"];
