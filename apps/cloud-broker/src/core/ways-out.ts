import { type ErrorCode, namesOf } from "@databox-cmk/errors";

import type { LeaseRecord } from "./decide-renewal.ts";
import { decideCredentials, type Lifecycle } from "./lifecycle.ts";
import type { Failure } from "./ports.ts";
import { checkPurpose, type UnlockPurpose } from "./unlock-purposes.ts";

/**
 * The facts that may change while a request is answered (release/message/final-facts.ts). They are
 * read when it begins, and again in the transaction in which the key leaves, behind the locks that
 * make them final: of leases for a person's secret, of the order's audit chain, too, for a grant.
 */
export type FinalFacts = {
  readonly order: Lifecycle;
  /** Undefined for a person, who opens the volumes of all nodes. */
  readonly purpose: UnlockPurpose | undefined;
  /** The active kill switch. */
  readonly revocation: Failure | undefined;
  /** How many switches were ever activated over it: no clock says in which order. */
  readonly switches: number;
  /** Thumbprint of the node's device key. */
  readonly deviceKid?: string | null | undefined;
  /** The lease that permits a rekeying. */
  readonly lease?:
    | (Pick<LeaseRecord, "state" | "refusal"> & {
        /** It was not renewed in time. */
        readonly isOver: boolean;
      })
    | undefined;
  /** It counts the writes of the order's own policy; null while the default applies. */
  readonly policyRevision?: number | null | undefined;
  /** The same message has its answer. */
  readonly isAnswered?: boolean;
  /** The node has sent a newer request and has its answer. */
  readonly isOvertaken?: boolean;
  /** The order's budget of the day is used up. */
  readonly spent?: Failure | undefined;
};

/** The same facts as they were when the request began; of a repeat, when its answer was made. */
export type Began = Pick<FinalFacts, "switches" | "deviceKid" | "policyRevision">;

/** Read before the vault is called, and again in the transaction in which the key leaves. */
const again = (says: ErrorCode) => ({ read: "again", says }) as const;
/** Read before the vault is called. */
const before = (says: ErrorCode) => ({ read: "before", says }) as const;
const NO = { read: "no" } as const;
type Rule = ReturnType<typeof again> | ReturnType<typeof before> | typeof NO;

/** The guards, in their order: the first that holds is said. */
export const GUARDS = {
  stage: "stage and erasure",
  switches: "kill switches, and whether one was on meanwhile",
  device: "the node's device key was not replaced",
  lease: "the node's lease is live",
  copy: "no other answer to the same node meanwhile",
  policy: "the policy was not written meanwhile",
  hours: "unlock hours",
  networks: "networks",
  approvals: "approvals or break-glass",
  budget: "unlocks per day",
  custody: "escrow only",
} as const;
export type Guard = keyof typeof GUARDS;

const toNode = {
  stage: again("PurposeForbidden"),
  switches: again("UnlockRevoked"),
  device: again("DeviceNotAuthenticated"),
  lease: NO,
  copy: again("BrokerBusy"),
  policy: again("BrokerBusy"),
  hours: NO,
  networks: NO,
  approvals: NO,
  budget: NO,
  custody: NO,
} as const satisfies Record<Guard, Rule>;
const unlock = {
  ...toNode,
  hours: before("ReleaseWindowClosed"),
  networks: before("PurposeForbidden"),
  approvals: again("ApprovalExpired"),
  budget: again("RateLimited"),
} as const;
/** The answer was made under all guards; a new policy wants a new request. */
const repeat = { ...toNode, copy: NO } as const;
/** To people: the policy itself is read again, so it matters not that it was written. */
const toPerson = {
  ...toNode,
  stage: again("OrderStageForbids"),
  device: NO,
  copy: NO,
  policy: NO,
  hours: again("CredentialsWithheld"),
  networks: again("CredentialsWithheld"),
  approvals: again("CredentialsWithheld"),
} as const;

/**
 * Every way by which what opens a volume leaves the broker, and the guards that each must pass.
 * Everything else that a node or a person gets opens nothing, or only together with one of these.
 */
export const WAYS_OUT = {
  /** A content key, sealed to the node's request. */
  preparation: toNode,
  unlock,
  "carried unlock": unlock,
  /** The same answer to the same bytes, for a minute. */
  "repeated answer": { ...repeat, policy: again("NonceExpired") },
  /** The same answer to the same challenge, for 15 minutes. */
  "repeated carried answer": { ...repeat, policy: again("ReplayDetected") },
  /** Both content keys of a rekeying. A live lease is the permission (core/decide-rekey.ts). */
  rekey: { ...toNode, lease: again("LeaseInvalid"), copy: NO, policy: NO },
  passkey: { ...toPerson, custody: before("PasskeyNotInEscrow") },
  /** The envelopes, as they open with a recovery key. */
  envelopes: toPerson,
} as const satisfies Readonly<Record<string, Record<Guard, Rule>>>;
export type WayOut = keyof typeof WAYS_OUT;

type Finder = (facts: FinalFacts, began: Began, says: ErrorCode) => Failure | undefined;

/** The findings of the guards; clocks, addresses and votes are decided with the policy. */
const FINDINGS = {
  switches: ({ revocation, switches }, began) =>
    revocation ??
    (switches > began.switches
      ? { code: "UnlockRevoked", detail: "unlocking was switched off meanwhile" }
      : undefined),
  stage({ order, purpose }) {
    if (purpose !== undefined) return checkPurpose(order, purpose);
    const shown = decideCredentials(order);
    return shown.ok ? undefined : shown.failure;
  },
  device: ({ deviceKid }, began, code) =>
    deviceKid === began.deviceKid ? undefined : { code, detail: "the device was replaced" },
  lease({ lease }, _began, code) {
    if (lease?.isOver === true) return { code, detail: "lease: it was not renewed in time" };
    return lease?.state === "live"
      ? undefined
      : (lease?.refusal ?? { code, detail: `lease: it is ${lease?.state ?? "gone"}` });
  },
  copy({ isAnswered, isOvertaken }, _began, code) {
    if (isAnswered === true) return { code, retryAfterSeconds: 1 };
    return isOvertaken === true
      ? { code: "CounterRollback", detail: "counter: another message came first" }
      : undefined;
  },
  policy: ({ policyRevision }, began, code) =>
    policyRevision === began.policyRevision
      ? undefined
      : {
          code,
          detail: "the unlock policy changed meanwhile",
          ...(code === "BrokerBusy" ? { retryAfterSeconds: 1 } : {}),
        },
  budget: ({ spent }) => spent,
} as const satisfies Partial<Record<Guard, Finder>>;
/** The guards that need more than the final facts. */
export type PolicyGuard = Exclude<Guard, keyof typeof FINDINGS>;

/**
 * Why nothing may leave by this way now.
 *
 * @param facts - undefined: the order is gone
 */
export function withheldFrom(
  way: WayOut,
  facts: FinalFacts | undefined,
  began: Began | undefined,
): Failure | undefined {
  if (facts === undefined || began === undefined)
    return { code: "PurposeForbidden", detail: "the order is gone" };
  for (const guard of namesOf(GUARDS)) {
    const found = findingOf(guard, way, facts, began);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The finding of one guard of a way in the final facts. */
export function findingOf(
  guard: Guard,
  way: WayOut,
  facts: FinalFacts,
  began: Began,
): Failure | undefined {
  const rule: Rule = WAYS_OUT[way][guard];
  const find: Partial<Record<Guard, Finder>> = FINDINGS;
  return rule.read === "again" ? find[guard]?.(facts, began, rule.says) : undefined;
}
