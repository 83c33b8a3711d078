import {
  ASKED_PURPOSES,
  type AskedPurpose,
  STAGE_NAMES,
  type StageName,
  type TransferType,
  type UnlockRequest,
} from "@databox-cmk/protocol";

import type { Failure } from "./ports.ts";
import { isTerminalStage } from "./stages.ts";

export type UnlockPurpose = UnlockRequest["purpose"];

/** The part of an order that decides which purposes are allowed. */
export type TransferStage = { readonly stage: StageName; readonly transferType: TransferType };

const IN_THE_FIELD = {
  DeviceOrdered: [],
  DevicePrepared: ["prepare"],
  Dispatched: ["unlock"],
  Delivered: ["unlock"],
  PickedUp: [],
  AtAzureDC: [],
  DataCopy: [],
  Completed: [],
  CompletedWithErrors: [],
  CompletedWithWarnings: [],
  Cancelled: [],
  Aborted: [],
  Failed_IssueReportedAtCustomer: [],
  Failed_IssueDetectedAtAzureDC: [],
} as const satisfies Readonly<Record<StageName, readonly UnlockPurpose[]>>;

/**
 * Stage × purpose; everything else is denied. A carrier may report a delivery after the appliance
 * has arrived, so `unlock` starts with the dispatch. It ends when the appliance leaves the
 * customer's site. The datacenter reads an import after the appliance came back, and fills an
 * export before it goes. A stage that a newer broker has written has no purpose here.
 */
const PURPOSES: Readonly<
  Record<TransferType, Readonly<Record<StageName, readonly UnlockPurpose[]>>>
> = {
  ImportToAzure: { ...IN_THE_FIELD, AtAzureDC: ["ingest"], DataCopy: ["ingest"] },
  ExportFromAzure: { ...IN_THE_FIELD, DataCopy: ["fill"] },
};

/** Stages in which a node may be unlocked now or later. */
export const STAGES_IN_THE_FIELD = STAGE_NAMES.filter(
  (stage) => stage === "PickedUp" || Object.values(PURPOSES).some((row) => row[stage].length > 0),
);

export function purposeAllowed(at: TransferStage, purpose: UnlockPurpose): boolean {
  return purposesAt(at).includes(purpose);
}

export function checkPurpose(at: TransferStage, purpose: UnlockPurpose): Failure | undefined {
  if (purposeAllowed(at, purpose)) return undefined;
  return {
    code: "PurposeForbidden",
    reason: askedPurposeAt(at) ?? whyNone(at),
    detail: `purpose: ${purpose} is not allowed while the order is at ${at.stage}`,
    facts: { purpose, stage: at.stage },
  };
}

/** Why a device may ask for nothing. */
function whyNone({ stage }: TransferStage): "early" | "returning" | "ended" {
  if (isTerminalStage(stage)) return "ended";
  return stage === "DeviceOrdered" || stage === "DevicePrepared" ? "early" : "returning";
}

/** The purpose that a device may ask for at this stage. */
export function askedPurposeAt(at: TransferStage): AskedPurpose | undefined {
  return ASKED_PURPOSES.find((purpose) => purposeAllowed(at, purpose));
}

/** Whether the key is used in this stage: by the appliance, or to prepare it. */
export const isKeyUsedAt = (at: TransferStage): boolean =>
  purposesAt(at).length > 0 || at.stage === "DeviceOrdered";

/** Whether it is used now or in a later stage. */
export const isPurposeAhead = (at: TransferStage): boolean =>
  isKeyUsedAt(at) || (at.stage === "PickedUp" && at.transferType === "ImportToAzure");

/** Whether the copy needs the key for this purpose, so that a refusal halts the copy. */
export function isForCopy(purpose: UnlockPurpose): boolean {
  return Object.values(PURPOSES).some((row) => row.DataCopy.includes(purpose));
}

/**
 * Whether a node may enrol: while it is prepared; or, if it was prepared before, as long as its
 * replacement may have to unlock.
 */
export function enrolmentAllowed(at: TransferStage, wasPrepared: boolean): boolean {
  return wasPrepared ? purposesAt(at).length > 0 : purposeAllowed(at, "prepare");
}

function purposesAt({ stage, transferType }: TransferStage): readonly UnlockPurpose[] {
  const row = PURPOSES[transferType];
  return Object.hasOwn(row, stage) ? row[stage] : [];
}
