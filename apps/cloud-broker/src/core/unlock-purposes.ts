import { STAGE_NAMES, type StageName, type UnlockRequest } from "@databox-cmk/protocol";

export type UnlockPurpose = UnlockRequest["purpose"];

/**
 * Stage × purpose; everything else is denied. A carrier may report a delivery after the appliance
 * has arrived, so `unlock` starts with the dispatch. It ends when the appliance leaves the
 * customer's site. A stage that a newer broker has written has no purpose here.
 */
const PURPOSES_BY_STAGE: Readonly<Record<StageName, readonly UnlockPurpose[]>> = {
  DeviceOrdered: [],
  DevicePrepared: ["prepare"],
  Dispatched: ["unlock"],
  Delivered: ["unlock"],
  PickedUp: [],
  AtAzureDC: ["ingest"],
  DataCopy: ["ingest"],
  Completed: [],
  CompletedWithErrors: [],
  CompletedWithWarnings: [],
  Cancelled: [],
  Aborted: [],
  Failed_IssueReportedAtCustomer: [],
  Failed_IssueDetectedAtAzureDC: [],
};

/** Stages in which a node may be unlocked now or later. */
export const STAGES_IN_THE_FIELD = STAGE_NAMES.filter(
  (stage) => hasPurpose(stage) || stage === "PickedUp",
);

export function purposeAllowed(stage: StageName, purpose: UnlockPurpose): boolean {
  return Object.hasOwn(PURPOSES_BY_STAGE, stage) && PURPOSES_BY_STAGE[stage].includes(purpose);
}

/**
 * Whether a node may enrol: while it is prepared; or, if it was prepared before, as long as its
 * replacement may have to unlock.
 */
export function enrolmentAllowed(stage: StageName, wasPrepared: boolean): boolean {
  return wasPrepared ? hasPurpose(stage) : purposeAllowed(stage, "prepare");
}

function hasPurpose(stage: StageName): boolean {
  return Object.hasOwn(PURPOSES_BY_STAGE, stage) && PURPOSES_BY_STAGE[stage].length > 0;
}
