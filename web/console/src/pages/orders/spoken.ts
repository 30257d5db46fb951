/** What a buyer reads to the person at the desk, told apart by its form. */

export type Spoken = "order_no" | "payment_no" | "transaction_id" | "member_id" | "phone" | "tracking_no" | "name" | "title";

const FORMS: readonly [Spoken, RegExp][] = [
  ["order_no", /^ord_[0-9A-Z]{26}$/i],
  ["payment_no", /^pay_[0-9A-Z]{26}$/i],
  ["member_id", /^mem_[0-9A-Z]{26}$/i],
  ["phone", /^1\d{10}$/],
  ["transaction_id", /^\d{28,32}$/],
  ["tracking_no", /^[A-Z]{0,4}\d{8,24}[A-Z]{0,3}$/i],
  ["name", /^[\p{Script=Han}·]{2,4}$/u],
];

/** `"138 0000 0000"` -> `["phone", "13800000000"]`; what has no form of its own is a part of the goods' title. */
export function meantBy(text: string): [Spoken, string] {
  const close = text.normalize("NFKC").replace(/[\s-]/g, "");
  const found = FORMS.find(([, form]) => form.test(close));
  return found ? [found[0], close] : ["title", text.trim()];
}
