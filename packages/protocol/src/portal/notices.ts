import * as z from "zod/mini";

const notice = {
  /** The same for the same fact, however often it is read. */
  id: z.string(),
  at: z.string(),
  isRead: z.boolean(),
};
const ofOrder = { ...notice, orderId: z.string(), orderName: z.string() };

/** A fact that a person should know of, in the portal's bell. */
export const noticeView = z.discriminatedUnion("kind", [
  z.strictObject({
    ...ofOrder,
    kind: z.literal("approval-waiting"),
    /** Of the node that waits for its key; absent for a change to the order's protection. */
    serial: z.optional(z.string()),
  }),
  z.strictObject({ ...ofOrder, kind: z.literal("key-at-risk"), risks: z.array(z.string()) }),
  z.strictObject({ ...ofOrder, kind: z.literal("key-unusable"), code: z.string() }),
  z.strictObject({ ...ofOrder, kind: z.literal("drill-finished"), nodes: z.number() }),
  z.strictObject({
    ...notice,
    kind: z.literal("campaign-finished"),
    campaignId: z.string(),
    isDryRun: z.boolean(),
    orders: z.number(),
    failed: z.number(),
  }),
]);
export type NoticeView = z.infer<typeof noticeView>;

/** Newest first. */
export const noticeList = z.strictObject({ value: z.array(noticeView) });

/** Most subscriptions that one request names. */
export const NOTICE_SUBSCRIPTIONS_MAX = 100;
/** Most notices of an answer, and of a request that marks them as read. */
export const NOTICES_MAX = 100;
export const noticesRead = z.strictObject({
  ids: z.array(z.string().check(z.maxLength(400))).check(z.maxLength(NOTICES_MAX)),
});
