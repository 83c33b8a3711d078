import type { OfflineLease } from "@databox-cmk/protocol";

import type { Texts } from "../texts/en.ts";

const HOUR_SECONDS = 3600;
const MINUTE_SECONDS = 60;

/** How long an unlock without network lasts, in words. */
export function leaseName(lease: OfflineLease, texts: Texts["unlock"]): string {
  if (lease.kind === "boots") return texts.boots(lease.boots);
  return lease.seconds % HOUR_SECONDS === 0
    ? texts.hours(lease.seconds / HOUR_SECONDS)
    : texts.minutes(Math.round(lease.seconds / MINUTE_SECONDS));
}
