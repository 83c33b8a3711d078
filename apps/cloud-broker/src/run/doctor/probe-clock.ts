import type { LookupFunction } from "node:net";

import type { Finding } from "@databox-cmk/errors";

import { askForDate } from "../../azure/ask-for-date.ts";
import { DAY_MS } from "../../core/day.ts";
import { refuse } from "../../core/doctor-judgements.ts";
import type { Clock } from "../../core/ports.ts";

/** Entra ID allows five minutes between its clock and that of an assertion's signer. */
const ALLOWED_MS = 300_000;

/**
 * Compares this machine's clock with the date of Entra ID's answers. The certificate is not
 * verified: with a wrong clock no certificate is valid, and the result is only a sentence for a
 * person.
 */
export async function probeClock(
  authorityUrl: string,
  lookup: LookupFunction,
  now: Clock,
): Promise<Finding> {
  const said = await askForDate(authorityUrl, lookup);
  if (said === undefined)
    return { ok: true, found: `not compared: ${authorityUrl} does not answer, see below` };
  const aheadMs = now() - said;
  const found = `${describe(Math.abs(aheadMs))} ${aheadMs < 0 ? "behind" : "ahead of"} Entra ID's`;
  if (Math.abs(aheadMs) <= ALLOWED_MS) return { ok: true, found };
  return refuse(
    `this machine's clock is ${found}`,
    "Set this machine's clock from a time server, and restart the broker",
    "timedatectl set-ntp true",
  );
}

function describe(milliseconds: number): string {
  const days = milliseconds / DAY_MS;
  return days < 1
    ? `${String(Math.round(milliseconds / 1000))} s`
    : `${String(Math.round(days))} days`;
}
