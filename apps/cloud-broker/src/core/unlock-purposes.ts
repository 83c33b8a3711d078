import type { UnlockRequest } from "@databox-cmk/protocol";

export type UnlockPurpose = UnlockRequest["purpose"];

/**
 * Stage × purpose; what is not listed is denied. A carrier's news of a delivery may come after the appliance did, so
 * `unlock` starts with the dispatch; it ends when the appliance leaves the customer's site.
 */
const PURPOSES_BY_STAGE: Readonly<Record<string, readonly UnlockPurpose[]>> = {
  DevicePrepared: ["prepare"],
  Dispatched: ["unlock"],
  Delivered: ["unlock"],
  AtAzureDC: ["ingest"],
  DataCopy: ["ingest"],
};

/** Where a node may be unlocked, or will have to be. */
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

/** Whether a node may enrol: while it is prepared; one that was prepared once, as long as its successor may have to unlock. */
export function enrolmentAllowed(stage: string, wasPrepared: boolean): boolean {
  return wasPrepared ? Object.hasOwn(PURPOSES_BY_STAGE, stage) : purposeAllowed(stage, "prepare");
}
