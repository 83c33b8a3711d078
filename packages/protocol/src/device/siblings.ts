import * as z from "zod/mini";

import { seconds, serial } from "./fields.ts";

/**
 * Extension `siblings` of the answer to a lease watch: the other nodes of the same order, as the
 * broker knows them. A node learns nothing else about them, and decides nothing by it.
 */
export const siblings = z
  .array(
    z.strictObject({
      serial,
      /** `unlocked`: it holds a lease that has not ended. */
      lock: z.enum(["locked", "unlocked", "erased"]),
      /** Since the broker last heard of it; absent: never. */
      lastSeenSeconds: z.optional(seconds),
    }),
  )
  .check(z.maxLength(7));
export type Siblings = z.infer<typeof siblings>;
