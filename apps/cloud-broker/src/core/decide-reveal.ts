import type { UnlockPolicy } from "@databox-cmk/protocol";

import type { EpochMs } from "./order.ts";
import { windowAt } from "./release-window.ts";

/**
 * The reason why a policy withholds the passkey. A passkey opens the volume at any time and without
 * approval, so it must not be shown where a release would be refused. A break-glass lifts both.
 */
export function withheldBy(
  { release }: UnlockPolicy,
  nowMs: EpochMs,
): "approvals" | "window" | undefined {
  if (release.approvals.required > 0) return "approvals";
  return windowAt(release.windows, nowMs).open ? undefined : "window";
}
