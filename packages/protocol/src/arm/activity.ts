import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { page } from "./fields.ts";
import { PATHS } from "./paths.ts";

export const ACTIVITY_OUTCOMES = ["granted", "refused", "failed", "done"] as const;

const entry = <Row extends z.core.$ZodType>(row: Row) =>
  z.object({ sequence: z.number(), at: z.string(), hash: z.string(), row });

/** `typ` of a signed end of an activity, a compact JWS of the broker. */
export const ACTIVITY_HEAD_TYPE = "databox-activity-head+jws";

/** The end of an activity when it was read. */
export const activityHead = z.object({
  chain: z.string(),
  /** Number of rows. */
  length: z.number(),
  /** Hash of the last row. */
  head: z.string(),
  at: z.string(),
});
export type ActivityHead = z.infer<typeof activityHead>;

/** Files of the archive that an order's owner gives to an auditor. */
export const EVIDENCE_FILES = {
  letter: "cover-letter.txt",
  activity: "activity.jsonl",
  /** The signed `activityHead`. */
  head: "activity-head.jws",
  /** The answer of `PATHS.ownKeys`. */
  keys: "keys.json",
  certificate: "certificate.jws",
} as const;

const listOf = <Row extends z.core.$ZodType>(row: Row) =>
  /** `head`: a compact JWS of `activityHead`; brokers of an older version send none. */
  z.extend(page(entry(row)), { head: z.optional(z.string()) });

/** Our extension: rows of the order's audit chain, as they were hashed. */
export const activityList = listOf(z.record(z.string(), z.unknown()));
export type ActivityList = z.infer<typeof activityList>;

const claim = z.looseObject({
  sequence: z.number(),
  at: z.string(),
  event: z.string(),
  facts: z.optional(z.record(z.string(), z.unknown())),
});
export type ActivityClaim = z.infer<typeof claim>;

/** The shown part of an audit row; the row itself may have more. */
const activityRow = z.looseObject({
  action: z.string(),
  actor: z.looseObject({
    kind: z.string(),
    name: z.optional(z.string()),
    objectId: z.optional(z.string()),
    serial: z.optional(z.string()),
    address: z.optional(z.string()),
  }),
  outcome: z.enum(ACTIVITY_OUTCOMES),
  code: z.optional(z.string()),
  reason: z.optional(z.string()),
  serial: z.optional(z.string()),
  kid: z.optional(z.string()),
  correlationId: z.optional(z.string()),
  vaultRequestId: z.optional(z.string()),
  detail: z.optional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  claims: z.optional(z.array(claim)),
});
export type ActivityRow = z.infer<typeof activityRow>;

const activityEntry = entry(activityRow);
export type ActivityEntry = z.infer<typeof activityEntry>;

/** The same list for people: the members of a row that a page shows. */
export const activityView = listOf(activityRow);

/** Filter of the rows; they come oldest first unless `newestFirst`. */
export const activityFilter = z.strictObject({
  newestFirst: z.optional(z.literal("true")),
  /** The number of a deleted order whose name another one has now. */
  deleted: z.optional(z.string().check(z.regex(/^[1-9]\d{0,5}$/))),
  /** Actions, or families of them (the part before the slash), separated by commas. */
  action: z.optional(
    z.string().check(z.regex(/^[A-Za-z][A-Za-z/-]{0,63}(?:,[A-Za-z][A-Za-z/-]{0,63}){0,29}$/)),
  ),
  outcome: z.optional(z.enum(ACTIVITY_OUTCOMES)),
  /** Part of a searched text: name, serial number, code, correlation id, key. */
  search: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
  /** Time range of the rows, without its end. */
  from: z.optional(z.iso.datetime({ offset: true })),
  to: z.optional(z.iso.datetime({ offset: true })),
});
export type ActivityFilter = z.infer<typeof activityFilter>;

const list = {
  at: ["GET", `${PATHS.job}/activity`],
  query: ["$skipToken", ...z.keyof(activityFilter).options],
  answers: { 200: activityList },
} as const;

export const ACTIVITY_CALLS = {
  list,
  /** The same, for people. */
  view: { ...list, answers: { 200: activityView } },
} as const satisfies Calls;
