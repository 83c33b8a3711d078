import type { UnlockPolicy } from "@databox-cmk/protocol";

import type { EpochMs } from "./order.ts";
import { windowAt } from "./release-window.ts";

/**
 * Why a policy keeps the passkey from being shown: it opens the volume at any hour and asks nobody, so it must not be had
 * where a release could not. A break-glass lifts both.
 */
export function withheldBy(
  { release }: UnlockPolicy,
  nowMs: EpochMs,
): "approvals" | "window" | undefined {
  if (release.approvals.required > 0) return "approvals";
  return windowAt(release.windows, nowMs).open ? undefined : "window";
}
