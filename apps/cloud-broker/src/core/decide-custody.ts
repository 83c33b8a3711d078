import type { Custody } from "@databox-cmk/protocol";

import { failed } from "./failed.ts";
import type { Outcome } from "./ports.ts";

/**
 * The custody of a new order: as it is written, and otherwise the one that its subscription
 * requires.
 */
export function decideCustody(
  written: Custody | undefined,
  isSplitOnly: boolean,
): Outcome<Custody> {
  if (!isSplitOnly) return { ok: true, value: written ?? { kind: "escrow" } };
  if (written?.kind === "escrow")
    return failed({ code: "RequestDisallowedByPolicy", target: "properties.custody" });
  return { ok: true, value: written ?? { kind: "split", acceptNoRecovery: false } };
}
