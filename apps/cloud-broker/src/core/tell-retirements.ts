import type { Finding } from "@databox-cmk/errors";

import { DAY_MS } from "./day.ts";
import type { EpochMs } from "./order.ts";

type Retirement = {
  /** The part of Azure that ends, as the subject of a sentence. */
  readonly what: string;
  readonly on: `${number}-${number}-${number}`;
  /** The broker's own replacement, and the advice for everything else. */
  readonly advice: string;
};

/** Parts of Azure that end, with the day (learn.microsoft.com, key-vault, migrate-api-version). */
const RETIREMENTS: readonly Retirement[] = [
  {
    what: "Key Vault's control-plane versions before 2026-02-01",
    on: "2027-02-27",
    advice:
      "this broker and its portal use 2026-02-01; update scripts, templates and tools that create or change vaults",
  },
];

/** Warns of the parts of Azure that end. It never fails: the broker itself uses nothing of it. */
export function tellRetirements(nowMs: EpochMs): Finding {
  const found = RETIREMENTS.map(({ what, on, advice }) => {
    const days = Math.ceil((Date.parse(on) - nowMs) / DAY_MS);
    const when = days > 0 ? `retire in ${String(days)} days, on ${on}` : `have retired on ${on}`;
    return `${what} ${when}: ${advice}`;
  });
  return { ok: true, found: found.join("; ") };
}
