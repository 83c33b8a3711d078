import type { OfflineLease } from "@databox-cmk/protocol";

import { describeDuration } from "../core/describe-duration.ts";

/** One clause for the person at the appliance. */
export function describeOfflineLease(lease: OfflineLease | undefined): string {
  switch (lease?.kind) {
    case "duration":
      return `without network it stays open for ${describeDuration(lease.seconds)}, while databox-agent serve runs; a reboot closes it`;
    case "boots":
      return lease.boots === 1
        ? "without network it stays open until the next reboot"
        : `without network it may be opened in ${String(lease.boots - 1)} more boots: run databox-agent unlock after each`;
    case undefined:
      return "without network it stays open for the order's outage grace period";
  }
}
