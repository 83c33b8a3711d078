import {
  STAGE_NAMES,
  type StageName,
  type StageStatus,
  type TransferType,
} from "@databox-cmk/protocol";

import { DAY_MS } from "./day.ts";
import type { EpochMs } from "./order.ts";

/** Whether the unlock key may be shown: it is made at preparation and lives until erasure. */
export type CredentialsRule = "not-yet" | "until-erased" | "never";

type StageRow = {
  readonly displayName?: string;
  /** Status of the stage when it is entered. */
  readonly entryStatus: StageStatus;
  readonly cancellable: boolean;
  readonly deletable: boolean;
  readonly addressEditable: boolean;
  readonly prepareToShip: boolean;
  readonly credentials: CredentialsRule;
  readonly terminal: boolean;
  /**
   * How long an order needs its key from the day it enters the stage: a week of shipping each way,
   * the ten days that an appliance stays without extra fee (Data Box pricing page), copy and
   * erasure. The estimate is long, because an early warning costs nothing.
   */
  readonly daysLeft: number;
};

const ordered = {
  displayName: "Ordered",
  entryStatus: "Succeeded",
  cancellable: true,
  deletable: false,
  addressEditable: true,
  prepareToShip: true,
  credentials: "not-yet",
  terminal: false,
  daysLeft: 60,
} as const satisfies StageRow;
const prepared = {
  ...ordered,
  displayName: "Processed",
  // Until every node has reported that its volume is locked with the new key.
  entryStatus: "InProgress",
  cancellable: false,
  credentials: "until-erased",
  daysLeft: 50,
} as const satisfies StageRow;
const underway = {
  ...prepared,
  entryStatus: "Succeeded",
  addressEditable: false,
} as const satisfies StageRow;
const ended = {
  entryStatus: "Succeeded",
  cancellable: false,
  deletable: true,
  addressEditable: false,
  prepareToShip: false,
  credentials: "until-erased",
  terminal: true,
  daysLeft: 0,
} as const satisfies StageRow;

/**
 * The name and the permissions of each stage of an order; every flag of an order is computed from
 * this table.
 */
const STAGES = {
  DeviceOrdered: ordered,
  DevicePrepared: prepared,
  Dispatched: { ...underway, displayName: "Dispatched", daysLeft: 45 },
  Delivered: { ...underway, displayName: "Delivered", daysLeft: 35 },
  PickedUp: { ...underway, displayName: "Picked up", daysLeft: 21 },
  AtAzureDC: { ...underway, displayName: "Received", daysLeft: 14 },
  DataCopy: {
    ...underway,
    displayName: "Data copy in progress",
    entryStatus: "InProgress",
    daysLeft: 10,
  },
  Completed: { ...ended, displayName: "Completed" },
  CompletedWithErrors: {
    ...ended,
    displayName: "Completed with errors",
    entryStatus: "SucceededWithErrors",
  },
  CompletedWithWarnings: {
    ...ended,
    displayName: "Completed with warnings",
    entryStatus: "SucceededWithWarnings",
  },
  Cancelled: { ...ended, displayName: "Canceled", credentials: "never" },
  Aborted: { ...ended, displayName: "Aborted", entryStatus: "Failed" },
  Failed_IssueReportedAtCustomer: {
    ...ended,
    displayName: "Failed: issue reported at customer",
    entryStatus: "Failed",
  },
  Failed_IssueDetectedAtAzureDC: {
    ...ended,
    displayName: "Failed: issue detected at datacenter",
    entryStatus: "Failed",
  },
} as const satisfies Record<StageName, StageRow>;

export function stageRules(stage: StageName): StageRow {
  return STAGES[stage];
}

/**
 * Key, vault, version and identity may be changed as long as the unlock key is wrapped to them:
 * from the order on, while a copy is halted, because that is the remedy, and after the end until
 * the erasure.
 */
export function isEncryptionEditable(order: {
  readonly stage: StageName;
  readonly erased: boolean;
}): boolean {
  return !order.erased && STAGES[order.stage].credentials !== "never";
}

/** Until the appliance is dispatched. An export order's appliance is filled before that. */
export function isAddressEditable(stage: StageName, transferType: TransferType): boolean {
  return (
    STAGES[stage].addressEditable || (stage === "DataCopy" && transferType === "ExportFromAzure")
  );
}

/** Stages of orders that have ended. */
export const TERMINAL_STAGES = STAGE_NAMES.filter((stage) => STAGES[stage].terminal);

/** A stage that a newer broker has written counts as ended. */
export function isTerminalStage(stage: StageName): boolean {
  return !Object.hasOwn(STAGES, stage) || STAGES[stage].terminal;
}

/** When an order will probably no longer need its key. */
export function expectedEndMs(stage: StageName, enteredAtMs: EpochMs): EpochMs {
  return enteredAtMs + (Object.hasOwn(STAGES, stage) ? STAGES[stage].daysLeft : 0) * DAY_MS;
}
