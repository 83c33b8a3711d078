import type { OfflineLease } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import type { EpochMs } from "./order.ts";

const stored = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("duration"), untilMs: z.number() }),
  z.object({ kind: z.literal("boots"), boots: z.number() }),
]);

/**
 * How long a lease may run without an answer, as far as the broker can know: it has no clock of the
 * node's boot.
 */
export type OfflineTerms = z.infer<typeof stored>;

/** @param lastOpeningMs - the latest time at which the node can open the answer */
export function renderOfflineTerms(lease: OfflineLease, lastOpeningMs: EpochMs): string {
  const terms: OfflineTerms =
    lease.kind === "boots"
      ? { kind: "boots", boots: lease.boots }
      : { kind: "duration", untilMs: lastOpeningMs + lease.seconds * 1000 };
  return JSON.stringify(terms);
}

export function parseOfflineTerms(json: string | null): OfflineTerms | undefined {
  return json === null ? undefined : stored.parse(JSON.parse(json));
}
