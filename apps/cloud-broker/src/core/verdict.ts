import {
  decideNextStep,
  ERRORS,
  type ErrorCode,
  type Facts,
  namesOf,
  type NextStep,
} from "@databox-cmk/errors";
import type { StageStatus, UnlockPolicy, UnlockState } from "@databox-cmk/protocol";

import { decideRelease } from "./decide-release.ts";
import { withheldBy } from "./decide-reveal.ts";
import { type KeyHealth, nextStepOfHealth, verdictOfFailure } from "./key-health.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { EpochMs } from "./order.ts";
import type { Failure } from "./ports.ts";
import { releaseOf, termsOf } from "./release-terms.ts";
import { closingOf } from "./release-window.ts";
import { custodyOf } from "./unlock-policy.ts";
import {
  askedPurposeAt,
  isKeyUsedAt,
  isPurposeAhead,
  type TransferStage,
} from "./unlock-purposes.ts";
import {
  findingOf,
  GUARDS,
  type Guard,
  type PolicyGuard,
  type WayOut,
  WAYS_OUT,
} from "./ways-out.ts";

/** The broker's facts about an order, read once (release/verdict/read-verdicts.ts). */
export type VerdictFacts = {
  readonly nowMs: EpochMs;
  /** The order's own names, for the steps. */
  readonly names: Facts;
  readonly order: Lifecycle & { readonly stageStatus: StageStatus };
  readonly policy: UnlockPolicy;
  /** The service's own fault, of its clock or storage. */
  readonly trouble?: Failure | undefined;
  /** The order's budget of the day is used up. */
  readonly spent?: Failure | undefined;
  /** Why no carried challenge is answered now: policy, day's limit. */
  readonly notCarried?: Failure | undefined;
  /** The health of a customer's key. */
  readonly health?: KeyHealth | undefined;
  /** The vault's last silence, if it came after the last result. */
  readonly silence?: ErrorCode | undefined;
  /** Active kill switches over the whole order. */
  readonly switches: readonly Failure[];
  readonly hasRecoveryKey: boolean;
  /** Backup keys of any kind. */
  readonly backups: number;
  readonly isOwnKey: boolean;
  /** The last drill; none: undefined. */
  readonly drill?: "Passed" | "Attention" | undefined;
  /** Named approvers of whom the broker cannot see that they may approve. */
  readonly unknownApprovers: readonly string[];
  /** An emergency access for the whole order that was not used. */
  readonly breakGlass: string | undefined;
  /** None before the preparation. */
  readonly nodes: readonly NodeFacts[];
};

export type NodeFacts = {
  readonly serial: string;
  readonly deviceKid: string | null;
  /** Active kill switches over this node alone. */
  readonly switches: readonly Failure[];
  /** An emergency access for it, or for the whole order, that was not used. */
  readonly breakGlass: string | undefined;
  /** Its open request, if that has too few approvals. */
  readonly waiting?: { readonly id: string } | undefined;
  /** When its request, or the emergency access, ends. */
  readonly permitUntilMs?: EpochMs | undefined;
  /** It is open, and has not renewed its lease in time. */
  readonly isSilent?: boolean | undefined;
  /** When its volume closes without a renewal, if none is expected. */
  readonly openUntilMs?: EpochMs | undefined;
  /** As the dispatch asks; undefined before the node has reported, with a copy of its share. */
  readonly isRecoverable?: boolean | undefined;
};

/** The ways by which a volume can be opened, as people know them. */
const CHANNELS = {
  network: "unlock",
  offline: "carried unlock",
  passkey: "passkey",
} as const satisfies Readonly<Record<string, WayOut>>;
export type Channel = keyof typeof CHANNELS;

/** One thing that is in the way. `serial`: of this node alone. */
export type Cause = Failure & {
  readonly serial?: string | undefined;
  /** No unlock over the network succeeds as long as it lasts. */
  readonly hinders: boolean;
};

/** An action of the portal that is the step itself. */
export type StepAction = { readonly name: string; readonly parameters: Facts };

export type Verdict = {
  /**
   * `Ready`: every node can be unlocked over the network. `Waiting`: it passes, or is decided,
   * without a repair. `NotNow`: the stage allows no unlock. `Blocked`: a person must repair it.
   */
  readonly state: UnlockState;
  /** Those that are open for each node. */
  readonly channels: readonly Channel[];
  /** How many people must approve each unlock. */
  readonly approvals: number;
  /** All, the deciding one first. */
  readonly causes: readonly Cause[];
  readonly nextStep: NextStep & { readonly action?: StepAction | undefined };
  /** The first thing that changes it without an act of a person. */
  readonly until: Until | undefined;
  /** How it goes on until it is taken. */
  readonly otherwise: string | undefined;
};

export type Until = {
  readonly atMs: EpochMs;
  readonly by: "hours" | "budget" | "approval" | "key" | "lease";
};

/**
 * Can the order's appliance be unlocked now, and who must do what? Every page and answer that says
 * something about this is a view of it.
 */
export function decideVerdict(facts: VerdictFacts): Verdict {
  const { order, policy, names } = facts;
  const purpose = askedPurposeAt(order) ?? "unlock";
  const nodes = facts.nodes.length === 0 ? [NO_NODE] : facts.nodes;
  const isGivenUp = order.stageStatus === "CustomerActionPerformedForCleanUp";
  const isNeeded = !isGivenUp && isPurposeAhead(order);
  const found = isNeeded
    ? [
        ...hindering(facts.trouble === undefined ? [] : [facts.trouble]),
        ...nodes.flatMap((node) => hindrances("unlock", facts, node)),
        ...troubles(facts, nodes),
      ]
    : isGivenUp
      ? [{ code: "PurposeForbidden", reason: "returning", hinders: false } as const]
      : hindering(findGuard("stage", "unlock", facts, NO_NODE));
  const isNow = !found.some(isStage);
  // On its way back, the stage decides; what the copy will need is mended meanwhile.
  const isIdle = isNeeded && !isKeyUsedAt(order);
  const causes = merge(found)
    // Hours, votes and budgets matter where the stage allows an unlock.
    .filter((cause) => isNow || rankOf(cause) === 0 || isStage(cause))
    .toSorted((one, other) =>
      isIdle ? Number(isStage(other)) - Number(isStage(one)) : rankOf(one) - rankOf(other),
    );
  const [first, second] = causes;
  const health = facts.health ?? { state: "healthy" };
  // A key at risk is mended while another cause passes by itself, if it is still needed.
  const isAside =
    isNeeded &&
    isRisky(health) &&
    first !== undefined &&
    (rankOf(first) > 2 || passingOf(first) !== undefined);
  const deciding = isIdle && second !== undefined ? second : isAside ? undefined : first;
  const step = deciding === undefined ? nextStepOfHealth(health, names) : stepOf(deciding, facts);
  return {
    state: stateOf(causes),
    channels: namesOf(CHANNELS).filter((channel) => isOpen(channel, facts, nodes)),
    approvals: releaseOf(policy, purpose).approvals.required,
    causes,
    nextStep: step,
    // Lists, counts and the bell do not show it.
    get until() {
      return decideUntil(facts, nodes, causes);
    },
    otherwise: deciding && ERRORS[deciding.code].meanwhile,
  };
}

/** The failure that the order itself shows: a person must repair it. */
export function repairOf({ causes: [first] }: Pick<Verdict, "causes">): Cause | undefined {
  return first !== undefined && rankOf(first) === 0 ? first : undefined;
}

/** Which of the causes that pass by themselves this is. */
function passingOf({ code, reason }: Failure): "hours" | "budget" | undefined {
  if (code === "ReleaseWindowClosed") return "hours";
  return code === "RateLimited" && reason === "budget" ? "budget" : undefined;
}

/** Causes that pass by themselves end with the last of them; an open order ends with its first end. */
function decideUntil(
  { nowMs, policy, order, health }: VerdictFacts,
  nodes: readonly NodeFacts[],
  causes: readonly Cause[],
): Until | undefined {
  const [first] = causes;
  const isReady = stateOf(causes) === "Ready";
  const ends: (Until | undefined)[] = nodes.flatMap(({ openUntilMs, permitUntilMs }) => [
    at("lease", openUntilMs),
    isReady || first?.code === "ApprovalPending" ? at("approval", permitUntilMs) : undefined,
  ]);
  if (isReady) {
    const { windows } = releaseOf(policy, askedPurposeAt(order) ?? "unlock");
    // An emergency access opens whatever the hours.
    if (nodes.some(({ breakGlass }) => breakGlass === undefined))
      ends.push(at("hours", closingOf(windows, nowMs)));
    if (health?.state === "at-risk") ends.push(...health.risks.map(({ atMs }) => at("key", atMs)));
  }
  const passing = causes
    .filter(({ hinders }) => hinders)
    .map((cause) => {
      const by = passingOf(cause);
      const { retryAfterSeconds } = cause;
      return by === undefined || retryAfterSeconds === undefined
        ? undefined
        : { by, atMs: nowMs + retryAfterSeconds * 1000 };
    });
  if (passing.every((each) => each !== undefined)) ends.push(byTime(passing).at(-1));
  // A risk stays until the next check, although its time has come.
  return byTime(ends.filter((each) => each !== undefined)).find(({ atMs }) => atMs > nowMs);
}

const at = (by: Until["by"], atMs: EpochMs | undefined): Until | undefined =>
  atMs === undefined ? undefined : { by, atMs };
const byTime = (ends: readonly Until[]): readonly Until[] =>
  ends.toSorted((one, other) => one.atMs - other.atMs);

const NO_NODE: NodeFacts = { serial: "", deviceKid: "", switches: [], breakGlass: undefined };

/** The findings of a way's guards for a node; each guard has its row here or in the table. */
function hindrances(way: WayOut, facts: VerdictFacts, node: NodeFacts): readonly Cause[] {
  return namesOf(GUARDS).flatMap((guard) =>
    WAYS_OUT[way][guard].read === "no" ? [] : hindering(findGuard(guard, way, facts, node)),
  );
}

const hindering = (found: readonly Omit<Cause, "hinders">[]): readonly Cause[] =>
  found.map((cause) => ({ ...cause, hinders: true }));

function findGuard(
  guard: Guard,
  way: WayOut,
  facts: VerdictFacts,
  node: NodeFacts,
): readonly Omit<Cause, "hinders">[] {
  const { order, spent } = facts;
  const { serial, deviceKid } = node;
  if (isPolicyGuard(guard)) return BY_POLICY[guard](facts, node, way);
  // The customer's own come first, as in the answer to the appliance.
  if (guard === "switches")
    return [
      ...facts.switches,
      ...node.switches.map((failure) => ({ ...failure, serial })),
    ].toSorted((one, other) => Number(isOperators(one)) - Number(isOperators(other)));
  // While an appliance is prepared, its enrolment is the next act of the stage.
  if (guard === "device" && askedPurposeAt(order) === undefined) return [];
  const began = { switches: 0, deviceKid: deviceKid ?? "", policyRevision: null };
  const found = findingOf(
    guard,
    way,
    {
      ...began,
      deviceKid,
      order,
      purpose: way === "passkey" ? undefined : (askedPurposeAt(order) ?? "unlock"),
      revocation: undefined,
      spent,
    },
    began,
  );
  if (found === undefined) return [];
  return guard === "device" ? [{ ...found, reason: "unenrolled", serial }] : [found];
}

/** Findings of the policy, which a request reads before the vault is called. */
const BY_POLICY = {
  hours: ({ policy, order, nowMs }, { breakGlass }) => {
    const purpose = askedPurposeAt(order) ?? "unlock";
    const decision = decideRelease({
      nowMs,
      purpose,
      breakGlass,
      stage: order.stage,
      terms: termsOf(policy, purpose),
      kid: "",
      switches: 0,
      lostRight: new Set(),
      approval: undefined,
      outside: undefined,
    });
    return decision.kind === "refuse" ? [decision.failure] : [];
  },
  /** The address of the next request is not known. */
  networks: ({ policy, nowMs }, { breakGlass }, way) => {
    const withheld = way === "passkey" ? withheldBy(policy, nowMs) : undefined;
    return withheld === undefined || breakGlass !== undefined ? [] : [withheld];
  },
  approvals: (_facts, { serial, breakGlass, waiting }) =>
    breakGlass !== undefined || waiting === undefined
      ? []
      : [{ code: "ApprovalPending", facts: { approvalId: waiting.id }, serial }],
  custody: ({ policy }) =>
    custodyOf(policy).kind === "split" ? [{ code: "PasskeyNotInEscrow" }] : [],
} as const satisfies Record<
  PolicyGuard,
  (facts: VerdictFacts, node: NodeFacts, way: WayOut) => readonly Omit<Cause, "hinders">[]
>;
const isPolicyGuard = (guard: Guard): guard is PolicyGuard => Object.hasOwn(BY_POLICY, guard);

/**
 * Causes beside the guards: the key and its vault, a stopped copy, a missing recovery key; and
 * approvers whose right cannot be seen, because an app role may give it.
 */
function troubles(
  { health, silence, order, policy, hasRecoveryKey, unknownApprovers }: VerdictFacts,
  nodes: readonly NodeFacts[],
): readonly Cause[] {
  const { required, approvers } = releaseOf(policy, askedPurposeAt(order) ?? "unlock").approvals;
  const known = approvers.filter((each) => !unknownApprovers.includes(each));
  const isUnusable = health?.state === "unusable";
  const custody = custodyOf(policy);
  const isSplit = custody.kind === "split";
  const judged = isDispatchAhead(order) && !(isSplit && custody.acceptNoRecovery) ? nodes : [];
  return [
    ...(isUnusable ? [{ ...failureOf(health), hinders: true }] : []),
    ...(judged.some(({ isRecoverable = !isSplit || hasRecoveryKey }) => !isRecoverable)
      ? [{ code: "RecoveryKeyMissing", hinders: false } as const]
      : []),
    ...(order.stageStatus === "WaitingForCustomerActionForKek"
      ? [
          {
            code: "SsemUserCopyErrorWaitingForAction",
            reason: isUnusable ? undefined : "mended",
            hinders: false,
          } as const,
        ]
      : []),
    // It may have passed.
    ...(silence === undefined ? [] : [{ code: silence, hinders: false }]),
    ...(approvers.length > 0 && known.length < required
      ? [{ code: "ApproverUnknown", detail: unknownApprovers.join(", "), hinders: false } as const]
      : []),
    ...nodes.flatMap(({ isSilent = false, serial }) =>
      isSilent
        ? [{ code: "BrokerUnreachable", reason: "silent", serial, hinders: false } as const]
        : [],
    ),
  ];
}

/** An export is filled before that. */
export const isDispatchAhead = ({ stage, transferType }: TransferStage): boolean =>
  stage === "DeviceOrdered" ||
  stage === "DevicePrepared" ||
  (stage === "DataCopy" && transferType === "ExportFromAzure");
const failureOf = ({
  code,
  reason,
  facts,
}: Extract<KeyHealth, { state: "unusable" }>): Failure => ({
  code,
  reason,
  facts,
});

/** The same thing of several nodes is one, of the order. */
function merge(found: readonly Cause[]): readonly Cause[] {
  const seen = new Map(found.map((cause) => [JSON.stringify(cause), cause]));
  return [...seen.values()];
}

const isOperators = ({ reason }: Failure): boolean => reason === "operator";
const isStage = ({ code, reason }: Failure): boolean =>
  code === "PurposeForbidden" && reason !== "network";
const isRisky = ({ state }: KeyHealth): boolean => state === "at-risk" || state === "unknown";

/** Repairs first, then what is decided or passes, then the stage, then what may be in order. */
function rankOf(cause: Failure): 0 | 1 | 2 | 3 | 4 {
  if (cause.code === "ApproverUnknown" || cause.code === "BrokerUnreachable") return 4;
  if (isStage(cause)) return 3;
  if (cause.code === "SsemUserCopyErrorWaitingForAction") return 0;
  if (verdictOfFailure(cause).state === "unusable") return 0;
  return ERRORS[cause.code].class === "pending" ? 1 : 2;
}

function stateOf(causes: readonly Cause[]): Verdict["state"] {
  const [first] = causes;
  const rank = first === undefined ? 4 : rankOf(first);
  return rank === 4 ? "Ready" : rank === 3 ? "NotNow" : rank === 0 ? "Blocked" : "Waiting";
}

function isOpen(channel: Channel, facts: VerdictFacts, nodes: readonly NodeFacts[]): boolean {
  const { health, order, breakGlass, trouble, notCarried } = facts;
  if (health?.state === "unusable" || trouble !== undefined || !order.prepared) return false;
  if (channel === "offline" && notCarried !== undefined) return false;
  // The nodes share a passkey, which only an emergency access for all of them shows.
  const judged = channel === "passkey" ? nodes.map((node) => ({ ...node, breakGlass })) : nodes;
  return judged.every((node) => hindrances(CHANNELS[channel], facts, node).length === 0);
}

function stepOf({ serial, ...cause }: Cause, { names, health }: VerdictFacts): Verdict["nextStep"] {
  const facts = { ...names, ...(serial === undefined ? {} : { serial }), ...cause.facts };
  const isOfKey = health?.state === "unusable" && health.code === cause.code;
  const action = ACTIONS[cause.code]?.({ ...cause, facts }) ?? (isOfKey ? CHECK_KEY : undefined);
  return { ...decideNextStep({ ...cause, facts }), ...(action && { action }) };
}

const CHECK_KEY: StepAction = { name: "checkKey", parameters: {} };
const ACCESS_REASONS: ReadonlySet<unknown> = new Set([
  "access-policy",
  "role",
  "access-unspecified",
]);

/** The steps that the portal's own buttons take. */
const ACTIONS: Partial<
  Record<ErrorCode, (cause: Failure & { facts: Facts }) => StepAction | undefined>
> = {
  UnlockRevoked: ({ reason, facts: { scope = "order", serial } }) => ({
    name: reason === "operator" ? "turnOffSwitch" : "restoreAccess",
    parameters: { scope, ...(serial === undefined ? {} : { serial }) },
  }),
  ApprovalPending: ({ facts: { approvalId = "" } }) => ({
    name: "approve",
    parameters: { approvalId },
  }),
  SsemUserCopyErrorWaitingForAction: () => ({
    name: "mitigate",
    parameters: { customerResolutionCode: "Resume" },
  }),
  SsemUserErrorEncryptionKeyDisabled: ({ facts: { keyUrl = "", keyVersion = "" } }) => ({
    name: "enableKeyVersion",
    parameters: { keyUrl, keyVersion },
  }),
  SsemUserErrorKeyVaultBadRequestException: ({ reason }) =>
    ACCESS_REASONS.has(reason) ? { name: "grantAccess", parameters: {} } : undefined,
  RecoveryKeyMissing: () => ({ name: "addRecoveryKey", parameters: {} }),
  KeyVaultUnreachable: () => CHECK_KEY,
};
