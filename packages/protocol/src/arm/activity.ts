import * as z from "zod/mini";

/** Our extension: rows of the order's audit chain. */
export const activityList = z.strictObject({
  value: z.array(
    z.strictObject({
      sequence: z.number(),
      at: z.string(),
      hash: z.string(),
      row: z.record(z.string(), z.unknown()),
    }),
  ),
  nextLink: z.optional(z.string()),
});
export type ActivityList = z.infer<typeof activityList>;

export const ACTIVITY_OUTCOMES = ["granted", "refused", "failed", "done"] as const;

/** Which rows are asked for; they come oldest first unless `newestFirst`. */
export const activityFilter = z.strictObject({
  newestFirst: z.optional(z.literal("true")),
  /** Actions, or families of them (what stands before the slash), separated by commas. */
  action: z.optional(
    z.string().check(z.regex(/^[A-Za-z][A-Za-z/-]{0,63}(?:,[A-Za-z][A-Za-z/-]{0,63}){0,29}$/)),
  ),
  outcome: z.optional(z.enum(ACTIVITY_OUTCOMES)),
  /** Part of what a person looks for: name, serial number, code, correlation id, key. */
  search: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
  /** Moments between which rows were written, the last one excluded. */
  from: z.optional(z.iso.datetime({ offset: true })),
  to: z.optional(z.iso.datetime({ offset: true })),
});
export type ActivityFilter = z.infer<typeof activityFilter>;
