import * as z from "zod/mini";

import { page } from "./fields.ts";

/** Our extension: rows of the order's audit chain. */
export const activityList = page(
  z.object({
    sequence: z.number(),
    at: z.string(),
    hash: z.string(),
    row: z.record(z.string(), z.unknown()),
  }),
);
export type ActivityList = z.infer<typeof activityList>;

export const ACTIVITY_OUTCOMES = ["granted", "refused", "failed", "done"] as const;

/** Filter of the rows; they come oldest first unless `newestFirst`. */
export const activityFilter = z.strictObject({
  newestFirst: z.optional(z.literal("true")),
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
