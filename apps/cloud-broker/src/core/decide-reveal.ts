import type { PurposeTerms } from "@databox-cmk/protocol";

import type { EpochMs } from "./order.ts";
import { windowAt } from "./release-window.ts";

/**
 * The reason why a policy withholds the passkey. A passkey opens the volume at any time and without
 * approval, so it must not be shown where a release would be refused. A break-glass lifts both.
 *
 * @param terms - those of the purpose that the order's stage allows
 */
export function withheldBy(
  { windows, approvals }: Pick<PurposeTerms, "windows" | "approvals">,
  nowMs: EpochMs,
): "approvals" | "window" | undefined {
  if (approvals.required > 0) return "approvals";
  return windowAt(windows, nowMs).open ? undefined : "window";
}
