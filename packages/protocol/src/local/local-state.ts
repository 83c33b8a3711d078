import * as z from "zod/mini";

import { serial, uuid } from "../device/fields.ts";
import { siblings } from "../device/siblings.ts";
import { localFailure, localTime } from "./local-messages.ts";

const seconds = z.int().check(z.gte(0));

/** The way by which the volume was opened. */
const OPENED_BY = ["network", "passkey", "carried-answer"] as const;

export const localLock = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("locked"),
    since: localTime,
    /** It was locked for the return shipment. */
    preparedToShip: z.optional(z.literal(true)),
  }),
  z.strictObject({
    kind: z.literal("unlocked"),
    since: localTime,
    by: z.enum(OPENED_BY),
    /** Since the broker's last answer about it; absent without one. */
    secondsSinceAnswer: z.optional(seconds),
    /** Until the volume is closed without an answer; absent: not before a restart. */
    graceLeftSeconds: z.optional(seconds),
  }),
]);

export const LOCAL_OPERATIONS = [
  "unlock",
  "passkey",
  "answer",
  "lock",
  "prepareToShip",
  "networkTest",
] as const;
export type LocalOperationName = (typeof LOCAL_OPERATIONS)[number];

/** One piece of work, running or ended; the newest is shown. */
export const localOperation = z.strictObject({
  id: uuid,
  what: z.enum(LOCAL_OPERATIONS),
  startedAt: localTime,
  /** Names of the completed steps, in order, with milliseconds since the start. */
  steps: z.array(z.strictObject({ name: z.string(), atMs: z.number() })),
  /** `waiting`: for approvers; other work is possible meanwhile. */
  outcome: z.enum(["running", "waiting", "done", "failed"]),
  failure: z.optional(localFailure),
  notes: z.optional(z.array(z.string())),
});
export type LocalOperation = z.infer<typeof localOperation>;

const people = z.int().check(z.gte(0));

/**
 * A request that waits for approvers; `approvedBy` and `reason` are only for a signed-in person.
 */
export const localWaiting = z.strictObject({
  since: localTime,
  /** Until the request ends by itself. */
  leftSeconds: seconds,
  required: people,
  given: people,
  approvedBy: z.optional(z.array(z.string())),
  reason: z.optional(z.string()),
  /**
   * Whether the node polls by itself and opens the volume after the approval; otherwise a person
   * must continue it.
   */
  isAsked: z.boolean(),
});
export type LocalWaiting = z.infer<typeof localWaiting>;

/** The public state; `order`, `generation` and `volume` are only for a signed-in person. */
export const localState = z.strictObject({
  node: z.strictObject({
    serial,
    model: z.string(),
    agent: z.string(),
    /** `split`: there is no passkey. */
    custody: z.enum(["escrow", "split"]),
    /** Resource id. */
    order: z.optional(z.string()),
    broker: z.optional(z.string()),
    /** Of a broker with several: each as it was when it was tried last. */
    addresses: z.optional(
      z.array(
        z.strictObject({
          address: z.string(),
          standing: z.enum(["answers", "left", "untried"]),
          since: z.optional(localTime),
        }),
      ),
    ),
    volume: z.optional(z.enum(["luks2", "file"])),
    generation: z.optional(z.int()),
  }),
  lock: localLock,
  /** The other nodes of the order, as the broker last described them while this one was open. */
  siblings: z.optional(siblings),
  waiting: z.optional(localWaiting),
  operation: z.optional(localOperation),
  /**
   * Failure of an operation, or of the daemon that renews the lease; removed by the next success.
   */
  lastFailure: z.optional(z.strictObject({ at: localTime, failure: localFailure })),
  passkeyTries: z.strictObject({ left: z.int(), waitSeconds: seconds }),
  session: z.discriminatedUnion("signedIn", [
    z.strictObject({ signedIn: z.literal(false) }),
    z.strictObject({
      signedIn: z.literal(true),
      /** Sent back as x-csrf-token with every change. */
      csrfToken: z.string(),
      idleSeconds: seconds,
    }),
  ]),
  /** The role of this appliance. */
  canShutDown: z.boolean(),
});
export type LocalState = z.infer<typeof localState>;
