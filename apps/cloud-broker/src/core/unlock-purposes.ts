import type { UnlockRequest } from "@databox-cmk/protocol";

export type UnlockPurpose = UnlockRequest["purpose"];

/**
 * Stage × purpose; everything else is denied. A carrier may report a delivery after the appliance
 * has arrived, so `unlock` starts with the dispatch. It ends when the appliance leaves the
 * customer's site.
 */
const PURPOSES_BY_STAGE: Readonly<Record<string, readonly UnlockPurpose[]>> = {
  DevicePrepared: ["prepare"],
  Dispatched: ["unlock"],
  Delivered: ["unlock"],
  AtAzureDC: ["ingest"],
  DataCopy: ["ingest"],
};

/** Stages in which a node may be unlocked now or later. */
export const STAGES_IN_THE_FIELD: readonly string[] = [
  ...Object.keys(PURPOSES_BY_STAGE),
  "PickedUp",
];

export function purposeAllowed(stage: string, purpose: UnlockPurpose): boolean {
  return (
    Object.hasOwn(PURPOSES_BY_STAGE, stage) &&
    (PURPOSES_BY_STAGE[stage]?.includes(purpose) ?? false)
  );
}

/**
 * Whether a node may enrol: while it is prepared; or, if it was prepared before, as long as its
 * replacement may have to unlock.
 */
export function enrolmentAllowed(stage: string, wasPrepared: boolean): boolean {
  return wasPrepared ? Object.hasOwn(PURPOSES_BY_STAGE, stage) : purposeAllowed(stage, "prepare");
}
