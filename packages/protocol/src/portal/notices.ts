import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { identifier } from "../identifiers.ts";

const notice = {
  /** The same for the same fact, however often it is read. */
  id: z.string(),
  at: z.string(),
  isRead: z.boolean(),
};
const ofOrder = { ...notice, orderId: z.string(), orderName: z.string() };

/** A fact that a person should know of, in the portal's bell. */
export const noticeView = z.discriminatedUnion("kind", [
  z.object({
    ...ofOrder,
    kind: z.literal("approval-waiting"),
    /** The node that waits for its key; absent for a change to the order's protection. */
    serial: z.optional(z.string()),
  }),
  z.object({ ...ofOrder, kind: z.literal("key-at-risk"), risks: z.array(z.string()) }),
  z.object({ ...ofOrder, kind: z.literal("key-unusable"), code: z.string() }),
  /** A person must repair something else: a halted copy, a recovery key, a device. */
  z.object({ ...ofOrder, kind: z.literal("order-blocked"), code: z.string() }),
  z.object({ ...ofOrder, kind: z.literal("drill-finished"), nodes: z.number() }),
  z.object({ ...ofOrder, kind: z.literal("policy-changed") }),
  z.object({ ...ofOrder, kind: z.literal("access-revoked"), serial: z.optional(z.string()) }),
  /** A kill switch over the whole subscription, or over all orders. */
  z.object({ ...notice, kind: z.literal("all-revoked") }),
  z.object({ ...ofOrder, kind: z.literal("emergency-access") }),
  z.object({ ...ofOrder, kind: z.literal("emergency-used") }),
  z.object({
    ...notice,
    kind: z.literal("campaign-finished"),
    campaignId: z.string(),
    isDryRun: z.boolean(),
    orders: z.number(),
    failed: z.number(),
  }),
]);
export type NoticeView = z.infer<typeof noticeView>;

const KINDS: ReadonlySet<unknown> = new Set(
  noticeView.def.options.map(({ shape }) => shape.kind.def.values[0]),
);

/** A list of a newer service, without the rows that it alone knows. */
const knownRows = <Row extends z.ZodMiniType>(
  member: string,
  known: ReadonlySet<unknown>,
  row: Row,
) => {
  const isKnown = z.object({ [member]: z.custom((value) => known.has(value)) });
  const onlyKnown = z.transform((all: unknown[]) =>
    all.filter((each) => isKnown.safeParse(each).success),
  );
  return z.pipe(z.pipe(z.array(z.unknown()), onlyKnown), z.array(row));
};

/** Newest first. */
export const noticeList = z.object({ value: knownRows("kind", KINDS, noticeView) });

/** Most subscriptions that one request names. */
export const NOTICE_SUBSCRIPTIONS_MAX = 100;
/** Most notices of an answer, and of a request that marks them as read. */
export const NOTICES_MAX = 100;
export const noticesRead = z.strictObject({
  ids: z.array(z.string().check(z.maxLength(400))).check(z.maxLength(NOTICES_MAX)),
});

/** Kinds of events that a person may get by e-mail, if their roles allow it. */
export const PERSONAL_EVENTS = [
  "com.databox-cmk.key-health.changed",
  "com.databox-cmk.approval.waiting",
  "com.databox-cmk.approval.decided",
  "com.databox-cmk.break-glass.opened",
  "com.databox-cmk.emergency.used",
  "com.databox-cmk.policy.changed",
  "com.databox-cmk.access.revoked",
  "com.databox-cmk.drill.finished",
] as const;
/** Kinds that the first pages do not know: such a page can neither read nor write them. */
export const LATER_PERSONAL_EVENTS = [
  "com.databox-cmk.emergency.used",
  "com.databox-cmk.policy.changed",
  "com.databox-cmk.access.revoked",
] as const satisfies readonly (typeof PERSONAL_EVENTS)[number][];
export type PersonalEvent = (typeof PERSONAL_EVENTS)[number];

const subscriptions = z
  .array(identifier("subscriptionId"))
  .check(z.maxLength(NOTICE_SUBSCRIPTIONS_MAX));
const language = z.enum(["en", "de"]);

const CHOICES = [...PERSONAL_EVENTS, "com.databox-cmk.campaign.finished"] as const;

/** The reader's choices of e-mails, and the channels of groups. */
export const noticeChoices = z.object({
  /** From the sign-in; absent if it names no mailbox. */
  address: z.optional(z.string()),
  hasMailServer: z.boolean(),
  /** Absent until the reader has chosen something. */
  language: z.optional(language),
  kinds: knownRows(
    "type",
    new Set(CHOICES),
    z.object({
      type: z.enum(CHOICES),
      /** The groups, from the operator's file, that get events of these subscriptions. */
      channels: z.array(z.object({ name: z.string(), kind: z.enum(["teams", "slack", "email"]) })),
      /** Subscriptions in which role assignments allow the e-mail for some of the orders. */
      allowedIn: z.array(z.string()),
      /** Subscriptions in which only an app role of the sign-in gives the right, so no e-mail. */
      signedInOnly: z.array(z.string()),
      chosenIn: z.array(z.string()),
    }),
  ),
});
export type NoticeChoices = z.infer<typeof noticeChoices>;

/** Replaces all choices of the person but those of later kinds that it does not name. */
export const noticeChoicesWrite = z.strictObject({
  language,
  kinds: z
    .array(z.strictObject({ type: z.enum(PERSONAL_EVENTS), chosenIn: subscriptions }))
    .check(
      z.refine(
        (kinds) => new Set(kinds.map(({ type }) => type)).size === kinds.length,
        "a kind is named twice",
      ),
    ),
});
export type NoticeChoicesWrite = z.infer<typeof noticeChoicesWrite>;

const NOTICES = "/portal/api/notices";
/**
 * A subscription that the page asks about, of which there may be several; and `kinds`: `any` from a
 * page that leaves out unknown ones, as the first pages did not.
 */
const query = ["subscriptionId", "kinds"] as const;

export const NOTICE_CALLS = {
  list: { at: ["GET", NOTICES], query, answers: { 200: noticeList } },
  markRead: {
    at: ["POST", `${NOTICES}/read`],
    query,
    body: noticesRead,
    answers: { 204: undefined },
  },
  readChoices: { at: ["GET", `${NOTICES}/choices`], query, answers: { 200: noticeChoices } },
  writeChoices: {
    at: ["PUT", `${NOTICES}/choices`],
    body: noticeChoicesWrite,
    answers: { 204: undefined },
  },
} as const satisfies Calls;
