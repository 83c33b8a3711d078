import { withoutUndefined } from "@databox-cmk/errors";
import type {
  Custody,
  PurposeTerms,
  ReleaseWindow,
  UnlockPolicy,
  UnlockPolicyView,
} from "@databox-cmk/protocol";

/** Grace periods with a name; any other is a number of minutes. */
export const NAMED_GRACES = ["none", "PT15M", "P1D", "untilReboot"] as const;
export type NamedGrace = (typeof NAMED_GRACES)[number];

const MINUTE_SECONDS = 60;

export function namedGraceOf(outageGrace: string): NamedGrace | undefined {
  return NAMED_GRACES.find((grace) => grace === outageGrace);
}

/** Minutes of a grace such as `PT3600S`, rounded up so that a grace is never shown as none. */
export function graceMinutesOf(outageGrace: string): number {
  const [, seconds = "0"] = /^PT(\d+)S$/.exec(outageGrace) ?? [];
  return Math.ceil(Number(seconds) / MINUTE_SECONDS);
}

export function graceOfMinutes(minutes: number): string {
  return `PT${String(minutes * MINUTE_SECONDS)}S`;
}

/** Purposes that may have conditions of their own, in the order in which the broker writes them. */
export const DATACENTER_PURPOSES = ["ingest", "fill"] as const;
export type DatacenterPurpose = (typeof DATACENTER_PURPOSES)[number];

/** The writable part of a policy that was read. */
export function policyOf({
  outageGrace,
  leaseTtlSeconds,
  offline,
  release,
  purposes = {},
  custody,
  freshKey,
}: UnlockPolicyView): UnlockPolicy {
  const kept = withoutUndefined({ custody, freshKey });
  return { outageGrace, leaseTtlSeconds, offline, release, purposes, ...kept };
}

/** @param terms - `undefined`: those of the unlock */
export function withPurpose(
  policy: UnlockPolicy,
  purpose: DatacenterPurpose,
  terms: PurposeTerms | undefined,
): UnlockPolicy {
  const changed = { ...policy.purposes, [purpose]: terms };
  const { ingest, fill } = changed;
  return { ...policy, purposes: withoutUndefined({ ingest, fill }) };
}

/** A policy that names none leaves the unlock key in escrow. */
export const custodyOf = ({ custody }: UnlockPolicy): Custody => custody ?? { kind: "escrow" };

/** Office hours, as the initial value. */
export function newWindow(timeZone: string): ReleaseWindow {
  return { days: ["Mon", "Tue", "Wed", "Thu", "Fri"], from: "08:00", to: "18:00", timeZone };
}

/** How keys are released, in one word. */
export function releaseKindOf({
  windows,
  approvals,
}: Pick<PurposeTerms, "windows" | "approvals">): "automatic" | "windows" | "approvals" | "both" {
  const isAsked = approvals.required > 0;
  if (windows.length === 0) return isAsked ? "approvals" : "automatic";
  return isAsked ? "both" : "windows";
}
