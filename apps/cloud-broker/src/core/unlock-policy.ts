import { type Custody, OUTAGE_GRACE_MAX_SECONDS, type UnlockPolicy } from "@databox-cmk/protocol";

import { failed } from "./failed.ts";
import type { Outcome } from "./ports.ts";

/**
 * The policy of an order whose owner has not set one: unlocks are approved automatically, and last
 * a day offline.
 */
export function defaultUnlockPolicy(settings: {
  readonly leaseTtlSeconds: number;
  readonly outageGraceSeconds: number;
}): UnlockPolicy {
  return {
    outageGrace: renderOutageGrace(settings.outageGraceSeconds),
    leaseTtlSeconds: settings.leaseTtlSeconds,
    offline: { allowed: true, lease: { kind: "duration", seconds: 86_400 } },
    release: {
      windows: [],
      approvals: { required: 0, approvers: [], expiresAfterSeconds: 4 * 3600 },
      breakGlass: false,
    },
  };
}

/** Orders from before split custody say nothing. */
export const custodyOf = ({ custody }: UnlockPolicy): Custody => custody ?? { kind: "escrow" };

/** The part of a policy that a lease carries. */
export function leaseTermsOf(policy: Pick<UnlockPolicy, "outageGrace" | "leaseTtlSeconds">): {
  readonly ttlSeconds: number;
  readonly outageGraceSeconds: number;
  readonly graceUntilReboot?: true;
} {
  return policy.outageGrace === UNTIL_REBOOT
    ? { ttlSeconds: policy.leaseTtlSeconds, outageGraceSeconds: 0, graceUntilReboot: true }
    : {
        ttlSeconds: policy.leaseTtlSeconds,
        outageGraceSeconds: parseOutageGrace(policy.outageGrace),
      };
}

/**
 * How long a volume stays open without an answer, so that two graces can be compared; `untilReboot`
 * is the longest.
 */
export function graceSecondsOf(grace: UnlockPolicy["outageGrace"]): number {
  return grace === UNTIL_REBOOT ? Infinity : parseOutageGrace(grace);
}

const UNTIL_REBOOT = "untilReboot";

const NAMED_SECONDS: ReadonlyMap<string, number> = new Map([
  ["none", 0],
  ["PT15M", 900],
  ["P1D", 86_400],
]);

function parseOutageGrace(grace: string): number {
  const named = NAMED_SECONDS.get(grace);
  return named ?? Math.min(OUTAGE_GRACE_MAX_SECONDS, Number(grace.slice("PT".length, -1)));
}

function renderOutageGrace(seconds: number): string {
  for (const [name, named] of NAMED_SECONDS) if (named === seconds) return name;
  return `PT${String(seconds)}S`;
}

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
