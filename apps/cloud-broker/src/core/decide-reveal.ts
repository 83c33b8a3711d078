import type { PurposeTerms, UnlockPolicy } from "@databox-cmk/protocol";

import type { EpochMs } from "./order.ts";
import type { Failure } from "./ports.ts";
import { windowAt } from "./release-window.ts";

/**
 * The reason why a policy withholds the passkey. A passkey opens the volume in every later stage,
 * at any time, from anywhere and without approval. Thus each part of the policy must allow it,
 * whatever the order's stage is. A break-glass lifts all of them.
 */
export function withheldBy(
  { release, purposes }: Pick<UnlockPolicy, "release" | "purposes">,
  nowMs: EpochMs,
): Failure | undefined {
  const parts: Readonly<Record<string, PurposeTerms | undefined>> = {
    release: { networks: [], ...release },
    "purposes.ingest": purposes?.ingest,
    "purposes.fill": purposes?.fill,
  };
  for (const [part, terms] of Object.entries(parts)) {
    const reason = terms && reasonOf(terms, nowMs);
    if (reason !== undefined)
      return { code: "CredentialsWithheld", reason, detail: `unlock policy: ${part}` };
  }
  return undefined;
}

function reasonOf(
  { approvals, networks, windows }: PurposeTerms,
  nowMs: EpochMs,
): "approvals" | "network" | "window" | undefined {
  if (approvals.required > 0) return "approvals";
  if (networks.length > 0) return "network";
  return windowAt(windows, nowMs).open ? undefined : "window";
}
