import { renewalIntervalMs } from "@databox-cmk/protocol";
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import { acceptRenewal, decideLeaseStep, endOfLease, renewalRetry } from "./lease-state.ts";
import type { HeldLease, LeaseMoment } from "./lease-state.ts";
import { retryAfterMs } from "./retry-after.ts";

const BOOT = "boot-number-1";
const LEASE: HeldLease = {
  id: "00000000-0000-4000-8000-000000000001",
  ttlSeconds: 60,
  outageGraceSeconds: 900,
  sequence: 3,
  grantHash: "A".repeat(43),
  answeredAtMs: 1_000_000,
};
const at = (afterMs: number, change: Partial<LeaseMoment> = {}): LeaseMoment => ({
  bootMs: LEASE.answeredAtMs + afterMs,
  bootId: BOOT,
  counter: 5,
  highestCounter: 5,
  isRenewing: false,
  ...change,
});

describe("the holder of a lease", () => {
  test.each<[string, Partial<HeldLease>, LeaseMoment, object]>([
    ["waits for a third of it", {}, at(0), { kind: "wait", untilMs: 1_020_000 }],
    ["then renews it", {}, at(20_000), { kind: "renew" }],
    [
      "leaves that to a wait at the broker",
      {},
      at(29_999, { isRenewing: true }),
      { kind: "wait", untilMs: 1_030_000 },
    ],
    [
      "renews it beside a wait that is late",
      {},
      at(30_000, { isRenewing: true }),
      { kind: "renew" },
    ],
    ["goes on trying when it is over", {}, at(899_999), { kind: "renew" }],
    ["closes after the outage grace", {}, at(900_000), { kind: "close", cause: "outage" }],
    [
      "closes at the end of the lease without a grace",
      { outageGraceSeconds: 0 },
      at(60_000),
      { kind: "close", cause: "outage" },
    ],
    [
      "closes after a boot",
      {},
      at(1, { bootId: "boot-number-2" }),
      { kind: "close", cause: "boot" },
    ],
    ["closes when its clock started again", {}, at(-1), { kind: "close", cause: "boot" }],
    [
      // Evidence: State that was set back.
      "closes when its state was set back",
      {},
      at(1, { counter: 4 }),
      { kind: "close", cause: "rollback" },
    ],
    [
      "never closes by time when the grace is until reboot",
      { outageGraceSeconds: 0, graceUntilReboot: true },
      at(400 * 86_400_000),
      { kind: "renew" },
    ],
    [
      "closes after a boot when the grace is until reboot",
      { outageGraceSeconds: 0, graceUntilReboot: true },
      at(1, { bootId: "boot-number-2" }),
      { kind: "close", cause: "boot" },
    ],
    [
      "keeps what a person carried until its own end",
      { outageGraceSeconds: 0, offline: { kind: "duration", untilMs: 1_300_000 } },
      at(299_999),
      { kind: "renew" },
    ],
    [
      "closes at the end of an offline unlock",
      { outageGraceSeconds: 0, offline: { kind: "duration", untilMs: 1_300_000 } },
      at(300_000),
      { kind: "close", cause: "outage" },
    ],
    [
      "never closes an offline unlock for some boots by time",
      { outageGraceSeconds: 0, offline: { kind: "boots" } },
      at(400 * 86_400_000),
      { kind: "renew" },
    ],
    [
      "obeys an order though a person carried its lease",
      { offline: { kind: "boots" }, closing: "order" },
      at(0),
      { kind: "close", cause: "order" },
    ],
    [
      "continues a closing that was started",
      { closing: "order" },
      at(0),
      { kind: "close", cause: "order" },
    ],
  ])("%s", (_name, change, moment, expected) => {
    expect(decideLeaseStep({ ...LEASE, ...change }, BOOT, moment)).toEqual(expected);
  });

  test("takes the terms of a renewal, and keeps what a person carried", () => {
    const offline = { kind: "duration", untilMs: 9_000_000 } as const;
    const held = acceptRenewal(
      { ...LEASE, offline, graceUntilReboot: true },
      { id: LEASE.id, ttlSeconds: 30, outageGraceSeconds: 0, sequence: 4 },
      2_000_000,
    );
    expect(held).toEqual({
      ...LEASE,
      offline,
      ttlSeconds: 30,
      outageGraceSeconds: 0,
      sequence: 4,
      answeredAtMs: 2_000_000,
    });
  });

  test.each<[string, Partial<HeldLease>, Partial<HeldLease>]>([
    ["of another lease", {}, { id: "00000000-0000-4000-8000-000000000002" }],
    ["that is a replay of this one", {}, { sequence: 3 }],
    ["that is older", {}, { sequence: 2 }],
    ["after the order to close", { closing: "order" }, { sequence: 4 }],
  ])("takes no renewal %s", (_name, held, given) => {
    const lease = { ...LEASE, ...held };
    expect(acceptRenewal(lease, { ...LEASE, sequence: 4, ...given }, 2_000_000)).toBe(lease);
  });

  test.prop([fc.nat(30), fc.double({ min: 0, max: 1, noNaN: true })])(
    "tries again within the time between renewals",
    (failures, random) => {
      const waitMs = retryAfterMs(renewalRetry(LEASE), failures, random);
      expect(waitMs).toBeGreaterThanOrEqual(100);
      expect(waitMs).toBeLessThanOrEqual(renewalIntervalMs(LEASE));
    },
  );

  test("comes back no sooner than it was asked to, and not with all others", () => {
    const waits = [0, 0.5, 1].map((random) => retryAfterMs(renewalRetry(LEASE), 1, random, 5));
    expect(waits).toEqual([5_000, 5_500, 6_000]);
  });

  test("renews in time, for any Retry-After", () => {
    const waits = [0, 1].map((random) => retryAfterMs(renewalRetry(LEASE), 20, random, 99_999));
    expect(waits).toEqual([renewalIntervalMs(LEASE) / 2, renewalIntervalMs(LEASE)]);
  });
});

/** Messages on the wire: only the broker's own, since no other party can sign. */
type Message =
  | {
      readonly kind: "lease";
      readonly lease: string;
      readonly sequence: number;
      readonly asked: number;
    }
  | { readonly kind: "relock"; readonly lease: string; readonly asked: number };

/**
 * The adversary's actions on an exchange. It has every message that was ever sent, of any node, and
 * cannot sign.
 */
const mischief = fc.oneof(
  fc.constant({ kind: "deliver" as const }),
  fc.constant({ kind: "drop-request" as const }),
  fc.constant({ kind: "drop-answer" as const }),
  fc.constant({ kind: "forge" as const }),
  fc.record({ kind: fc.constant("replay" as const), which: fc.nat(50) }),
  fc.constant({ kind: "roll-back" as const }),
);
type Mischief = typeof mischief extends fc.Arbitrary<infer Value> ? Value : never;

const TICK_MS = 1000;
const OTHER = "00000000-0000-4000-8000-000000000009";

type Run = { readonly closedAtMs: number | undefined; readonly cause: string | undefined };

/**
 * A broker that refuses from `refusedAtMs` on, a node, and an adversary between them, in virtual
 * time.
 */
function play(
  acts: readonly Mischief[],
  {
    refusedAtMs,
    forMs,
    graceSeconds,
  }: { refusedAtMs: number; forMs: number; graceSeconds: number },
): Run {
  let lease: HeldLease = { ...LEASE, answeredAtMs: 0, outageGraceSeconds: graceSeconds };
  let kept = lease;
  let counter = 1;
  let highestCounter = 1;
  let brokerSequence = lease.sequence;
  const overheard: Message[] = [
    { kind: "lease", lease: OTHER, sequence: 99, asked: -1 },
    { kind: "relock", lease: OTHER, asked: -1 },
  ];
  for (let nowMs = 0, turn = 0; nowMs <= forMs; nowMs += TICK_MS) {
    highestCounter = Math.max(highestCounter, counter);
    const moment = { bootMs: nowMs, bootId: BOOT, counter, highestCounter, isRenewing: false };
    const step = decideLeaseStep(lease, BOOT, moment);
    if (step.kind === "close") return { closedAtMs: nowMs, cause: step.cause };
    if (step.kind === "wait") continue;
    const act = acts[turn % Math.max(1, acts.length)] ?? { kind: "deliver" };
    turn += 1;
    counter += 1;
    const asked = counter;
    let answer: Message | undefined;
    if (act.kind !== "drop-request" && act.kind !== "forge") {
      const fits = lease.sequence === brokerSequence || lease.sequence === brokerSequence - 1;
      if (nowMs >= refusedAtMs) answer = { kind: "relock", lease: lease.id, asked };
      else if (fits) {
        brokerSequence = lease.sequence + 1;
        answer = { kind: "lease", lease: lease.id, sequence: brokerSequence, asked };
      }
      if (answer !== undefined) overheard.push(answer);
    }
    if (act.kind === "drop-answer") answer = undefined;
    if (act.kind === "replay") answer = overheard[act.which % overheard.length];
    if (act.kind === "roll-back") {
      lease = kept;
      counter = 1;
      continue;
    }
    kept = lease;
    // As the reader of answers checks it: bound to the message that was sent, and to the lease.
    if (answer?.asked !== asked || answer.lease !== lease.id) continue;
    if (answer.kind === "relock") lease = { ...lease, closing: "order" };
    else lease = acceptRenewal(lease, { ...lease, sequence: answer.sequence }, nowMs);
  }
  return { closedAtMs: undefined, cause: undefined };
}

describe("against an adversary who drops, replays, swaps, forges and rolls back", () => {
  const acts = fc.array(mischief, { minLength: 1, maxLength: 40 });
  const refusedAt = fc.integer({ min: 0, max: 300_000 });
  const grace = fc.constantFrom(0, 30, 60, 900);

  test.prop([acts, refusedAt, grace])(
    // Evidence: No grant without a fresh nonce.
    "no node is unlocked after the refusal, its lease and its grace",
    (sequence, refusedAtMs, graceSeconds) => {
      const boundMs = Math.max(60, graceSeconds) * 1000 + TICK_MS;
      const forMs = refusedAtMs + boundMs + 60_000;
      const { closedAtMs } = play(sequence, { refusedAtMs, forMs, graceSeconds });
      expect(closedAtMs).toBeDefined();
      expect(closedAtMs).toBeLessThanOrEqual(refusedAtMs + boundMs);
    },
  );

  test.prop([acts, grace])(
    // Evidence: No grant without a fresh nonce.
    "no order to close is taken that the broker did not give to this lease",
    (sequence, graceSeconds) => {
      const never = Number.POSITIVE_INFINITY;
      const { cause } = play(sequence, { refusedAtMs: never, forMs: 1_200_000, graceSeconds });
      expect(cause).not.toBe("order");
    },
  );

  test.prop([refusedAt, grace])(
    "a node with a working network is closed by its next renewal, regardless of its grace",
    (refusedAtMs, graceSeconds) => {
      const forMs = refusedAtMs + 120_000;
      const run = play([{ kind: "deliver" }], { refusedAtMs, forMs, graceSeconds });
      expect(run.cause).toBe("order");
      expect(run.closedAtMs).toBeLessThanOrEqual(
        refusedAtMs + renewalIntervalMs(LEASE) + 2 * TICK_MS,
      );
    },
  );

  test("a node with a working network and without a refusal stays open", () => {
    const run = play([{ kind: "deliver" }], {
      refusedAtMs: Number.POSITIVE_INFINITY,
      forMs: 3_600_000,
      graceSeconds: 0,
    });
    expect(run.closedAtMs).toBeUndefined();
    expect(endOfLease({ ...LEASE, outageGraceSeconds: 0 })).toEqual({
      kind: "time",
      atMs: LEASE.answeredAtMs + 60_000,
    });
  });
});
