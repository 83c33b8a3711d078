import type { NoticeView } from "@databox-cmk/protocol";

export const notices = {
  title: "Notifications",
  bell: (unread: number) =>
    unread === 0 ? "Notifications" : `Notifications, ${unread === 1 ? "1 new" : `${unread} new`}`,
  none: "No notifications",
  noneHint:
    "Approvals that wait for you, keys that need attention, and finished drills and campaigns appear here.",
  markAllRead: "Mark all as read",
  read: "Read",
  unread: "New",
  order: (name: string) => `Order ${name}`,
  kinds: {
    "approval-waiting": "An approval waits for you",
    "key-at-risk": "A key is at risk",
    "key-unusable": "A key is unusable",
    "order-blocked": "An order needs a repair",
    "drill-finished": "A revocation drill has finished",
    "policy-changed": "The unlock policy has changed",
    "access-revoked": "Unlocking was revoked",
    "all-revoked": "Unlocking of all orders was revoked",
    "emergency-access": "Emergency access was opened",
    "emergency-used": "Emergency access was used",
    "campaign-finished": "A campaign has finished",
  } satisfies Record<NoticeView["kind"], string> as Record<NoticeView["kind"], string>,
  dryRunFinished: "A dry run has finished",
  nodes: (nodes: number) => (nodes === 1 ? "1 node answered" : `All ${nodes} nodes answered`),
  orders: (orders: number, failed: number) =>
    failed === 0 ? `${orders} orders, none failed` : `${orders} orders, ${failed} failed`,
};
