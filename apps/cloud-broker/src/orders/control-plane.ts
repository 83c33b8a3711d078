import type { Custody } from "@databox-cmk/protocol";

import type { AppendAudit } from "../audit/append-audit.ts";
import type { RuleSettings } from "../config/rule-settings.ts";
import type { OrderId } from "../core/order.ts";
import type {
  Actor,
  CallerResources,
  Clock,
  Failure,
  IdentityDirectory,
  Outcome,
} from "../core/ports.ts";
import type { Effects } from "../core/rule-changes.ts";
import type { KeyCustody } from "../custody/key-custody.ts";
import type { Announce, Tells } from "../events/announce.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import type { Order } from "./order.ts";

/** A change of the protection of an order. */
export type RuleChange = {
  /** The changed resource, such as `unlockPolicy`. */
  readonly subject: string;
  /** The new value. Another value is another change and needs its own approvals. */
  readonly proposal: unknown;
  /** The part of the proposal that an Owner's override names; absent: none can make the change. */
  readonly override?: unknown;
  /** The effect on each protection, by the name that the approvers read. */
  readonly effects: Effects;
};

/** The permission of a change, used up in the transaction that makes it. */
export type ChangeClaim = {
  /** Id of the approval; undefined where the current policy asks for none. */
  readonly approval?: string | undefined;
  /**
   * @throws {AppError} `ApprovalClosed` when the approval was used up or has ended meanwhile,
   * `BrokerBusy` when another policy came into force
   */
  readonly use: (transaction: StoreTransaction) => Promise<void>;
};

/**
 * @throws {AppError} `ChangeNeedsApproval` while approvals are missing, `AuthorizationFailed` where
 * only an Owner may make the change
 */
export type AdmitChange = (
  order: Order,
  change: RuleChange,
  context: RequestContext,
) => Promise<ChangeClaim>;

/** Dependencies for reading and writing orders. */
export type ControlPlane = {
  readonly store: Store;
  /** Reads it from the order's unlock policy. */
  readonly custodyOf: (order: OrderId) => Promise<Custody>;
  readonly custody: KeyCustody;
  /** Checks an order's key now, unless its vault has been called too often. */
  readonly checkKeyNow: (order: OrderId) => Promise<void>;
  readonly identities: IdentityDirectory;
  readonly appendAudit: AppendAudit;
  /** Queues events for receivers. */
  readonly announce: Announce;
  /** Finds the receivers of an event before it happens. */
  readonly tells: Tells;
  /** Signs with the broker's key: a JWS compact of the given `typ`. */
  readonly sign: (typ: string, payload: object) => Promise<string>;
  readonly admitChange: AdmitChange;
  /** Whether a person may approve, by role assignment. */
  readonly stillApproves: (objectId: string, order: OrderId) => Promise<Outcome<boolean>>;
  /** The service's own fault, of its clock or storage, for which appliances get no answer now. */
  readonly findTrouble: () => Promise<Failure | undefined>;
  readonly now: Clock;
  readonly settings: RuleSettings;
};

/** The part of the control plane that a function needs. */
export type Plane<Name extends keyof ControlPlane> = Pick<ControlPlane, Name>;
/** To change an order and record it in the audit log. */
export type Changing = Plane<"store" | "appendAudit" | "now">;

/** The caller, as written into audit rows and `systemData`. */
export type RequestContext = {
  readonly actor: Actor;
  readonly by: string;
  /** App roles of the caller's token. */
  readonly roles?: readonly string[];
  /** Only a caller of another tenant than the service's own has it. */
  readonly own?: CallerResources;
  /** Absent: no caller of this request. */
  readonly isPerson?: boolean | undefined;
  readonly correlationId: string;
};
