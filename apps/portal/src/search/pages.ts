import type { Texts } from "../texts/en.ts";

/** The pages without parameters in their address, for every role and for operators. */
const PAGES = {
  everybody: [
    ["/", ({ shell }) => shell.home],
    ["/orders", ({ orders }) => orders.title],
    ["/create", ({ createOrder }) => createOrder.title],
    ["/approvals", ({ approvals }) => approvals.waitingTitle],
    ["/notifications", ({ noticeSettings }) => noticeSettings.title],
    ["/troubleshooter", ({ troubleshooter }) => troubleshooter.title],
  ],
  operators: [
    ["/operator/orders", ({ operator }) => operator.orders],
    ["/operator/fleet", ({ operator }) => operator.fleet.title],
    ["/operator/campaigns", ({ operator }) => operator.campaigns.title],
    ["/operator/health", ({ operator }) => operator.health.title],
  ],
} as const satisfies Record<string, readonly (readonly [string, (texts: Texts) => string])[]>;

/** Pages whose title contains the text, in the order of the menu. */
export function findPages(text: string, texts: Texts, isOperator: boolean) {
  const wanted = text.trim().toLowerCase();
  return [...PAGES.everybody, ...(isOperator ? PAGES.operators : [])]
    .map(([to, titleOf]) => ({ to, name: titleOf(texts) }))
    .filter(({ name }) => name.toLowerCase().includes(wanted));
}
