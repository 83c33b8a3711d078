import type { LocalState, LocalWaiting } from "@databox-cmk/protocol";

import type { AddressView } from "../core/address-standing.ts";
import type { Cause } from "../core/cause.ts";
import { endOfLease, type HeldLease } from "../core/lease-state.ts";
import { isUnlocked, type MachineState } from "../core/machine-state.ts";
import type { Moment } from "../core/moment.ts";
import { PASSKEY_OPEN_SECONDS } from "../core/passkey-opening.ts";
import { type PasskeyTries, TRIES, waitSeconds } from "../core/passkey-tries.ts";
import { brokerUrls, type Settings } from "../core/settings.ts";
import type { WaitingView } from "../core/waiting-request.ts";
import { AGENT_NAME } from "../exchange/broker-session.ts";
import { describeFailure } from "./describe-failure.ts";
import type { Operations } from "./local-operations.ts";
import { IDLE_SECONDS, type Session } from "./session-store.ts";

type Left = Omit<Extract<LocalState["lock"], { kind: "unlocked" }>, "kind" | "since">;
export type Facts = {
  readonly settings: Settings;
  readonly state: MachineState;
  readonly addresses: readonly AddressView[] | undefined;
  readonly tries: PasskeyTries | undefined;
  readonly waiting: WaitingView | undefined;
  /** The daemon polls for it. */
  readonly isAsked: boolean;
  readonly moment: Moment;
  /** The other nodes of the order; undefined while the broker has said nothing about them. */
  readonly siblings: LocalState["siblings"];
  readonly model: string;
  readonly custody: LocalState["node"]["custody"];
  /** The cause that keeps the volume closed, or will close it. */
  readonly cause: Cause | undefined;
  readonly operations: Pick<Operations, "current" | "lastFailure">;
  readonly canShutDown: boolean;
};

/**
 * The shown state: to everyone the node's name and state, to a signed-in person also its order and
 * details.
 */
export function viewState(facts: Facts, session: Session | undefined): LocalState {
  const { settings, state, tries, moment, model, custody, operations, canShutDown } = facts;
  const wait = waitSeconds(tries, moment);
  const used = tries === undefined || (tries.tries === TRIES && wait === 0) ? 0 : tries.tries;
  return {
    node: {
      serial: settings.serial,
      model,
      agent: AGENT_NAME,
      custody,
      order: session && settings.order,
      broker: session && brokerUrls(settings.connection).join(" "),
      addresses: session && facts.addresses && [...facts.addresses],
      volume: session && settings.volume.kind,
      generation: session && state.generation,
    },
    lock: viewLock(state, moment),
    siblings: facts.siblings,
    waiting: facts.waiting && viewWaiting(facts.waiting, facts.isAsked, session !== undefined),
    operation: operations.current,
    lastFailure: newestFailure(facts),
    passkeyTries: { left: TRIES - used, waitSeconds: wait },
    session:
      session === undefined
        ? { signedIn: false }
        : { signedIn: true, csrfToken: session.csrfToken, idleSeconds: IDLE_SECONDS },
    canShutDown,
  };
}

/** The page's own failure has more words for the same cause; the volume's is shown otherwise. */
function newestFailure({ cause, operations: { lastFailure } }: Facts): LocalState["lastFailure"] {
  // A request that waits has a panel of its own.
  if (cause === undefined || cause.code === "ApprovalPending") return lastFailure;
  const isOwn =
    lastFailure !== undefined &&
    (lastFailure.failure.code === cause.code || lastFailure.at > cause.at);
  return isOwn ? lastFailure : { at: cause.at, failure: describeFailure(cause) };
}

/** Names and reason of the request: for signed-in people. */
function viewWaiting(view: WaitingView, isAsked: boolean, isSignedIn: boolean): LocalWaiting {
  const { since, leftSeconds, required, given, approvedBy, reason } = view;
  return {
    since,
    leftSeconds,
    required,
    given,
    isAsked,
    approvedBy: isSignedIn ? [...approvedBy] : undefined,
    reason: isSignedIn && reason !== undefined ? reason : undefined,
  };
}

function viewLock(state: MachineState, moment: Facts["moment"]): LocalState["lock"] {
  const { lock } = state;
  if (lock.kind === "locked")
    return {
      kind: "locked",
      since: lock.since,
      preparedToShip: lock.preparedToShip,
    };
  // A boot locks a volume that was open before it.
  if (!isUnlocked(state, moment.bootId)) return { kind: "locked", since: lock.since };
  const { since, lease, passkey } = lock;
  if (lease !== undefined) return { kind: "unlocked", since, ...leftOfLease(lease, moment.bootMs) };
  const leftMs = (passkey?.openedAtMs ?? 0) + PASSKEY_OPEN_SECONDS * 1000 - moment.bootMs;
  return {
    kind: "unlocked",
    since,
    by: "passkey",
    graceLeftSeconds: Math.max(0, Math.round(leftMs / 1000)),
  };
}

function leftOfLease(lease: HeldLease, bootMs: number): Left {
  const end = endOfLease(lease);
  return {
    by: lease.offline === undefined ? "network" : "carried-answer",
    secondsSinceAnswer: Math.max(0, Math.round((bootMs - lease.answeredAtMs) / 1000)),
    graceLeftSeconds:
      end.kind === "reboot" ? undefined : Math.max(0, Math.round((end.atMs - bootMs) / 1000)),
  };
}
