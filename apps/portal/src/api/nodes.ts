import { deviceKeyGrade } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { type OrderName, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";
import { LOCK_STATES } from "./order-summaries.ts";

const node = z.object({
  serial: z.string(),
  ordinal: z.number(),
  enrolled: z.boolean(),
  deviceKey: z.optional(z.object({ grade: deviceKeyGrade, attested: z.boolean() })),
  preparedAt: z.optional(z.string()),
  lastSeenAt: z.optional(z.string()),
  lastOutcome: z.optional(z.string()),
  lock: z.enum(LOCK_STATES),
  lease: z.optional(
    z.object({
      id: z.string(),
      purpose: z.string(),
      grantedAt: z.string(),
      renewedAt: z.string(),
      ttlSeconds: z.number(),
      outageGraceSeconds: z.number(),
      state: z.string(),
    }),
  ),
  envelope: z.optional(
    z.object({
      env: z.string(),
      generation: z.number(),
      kid: z.string(),
      createdAt: z.string(),
      acknowledgedGeneration: z.optional(z.number()),
    }),
  ),
});
export type OrderNode = z.infer<typeof node>;
const nodeList = z.object({ value: z.array(node) });

export async function readNodes(
  client: Client,
  name: OrderName,
  signal: AbortSignal,
): Promise<readonly OrderNode[]> {
  const { value } = await client.read(orderPath(name, "/nodes"), nodeList, { signal });
  return value;
}
