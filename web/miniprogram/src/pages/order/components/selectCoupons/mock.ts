/** What the pop-up of the checkout opens with: the person's own coupons, as the last quote found them. */
export { choices as couponsData } from "../../../../services/mall/choice.js";
