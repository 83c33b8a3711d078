import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import { decideRenewal, type LeaseRecord, type RenewalFacts } from "./decide-renewal.ts";
import { foldOrderId, orderIdOf } from "./order.ts";

const ORDER = orderIdOf({ subscriptionId: "1", resourceGroup: "g", name: "a" });
const LEASE: LeaseRecord = {
  order: ORDER,
  serial: "DBX-1",
  purpose: "unlock",
  bootId: "boot-number-1",
  sequence: 4,
  lastCounter: 10,
  state: "live",
  ttlSeconds: 60,
  outageGraceSeconds: 900,
  graceUntilReboot: false,
  offline: undefined,
  renewedAtMs: 1_000_000,
  refusal: undefined,
};
const FACTS: RenewalFacts = {
  node: { order: ORDER, serial: "DBX-1" },
  leaseOfPath: "lease-1",
  lease: LEASE,
  transfer: { stage: "Delivered", transferType: "ImportToAzure" },
  hasEnvelope: true,
  revocation: undefined,
  nowMs: 1_020_000,
};
const REQUEST = {
  lease: "lease-1",
  order: ORDER,
  serial: "DBX-1",
  bootId: "boot-number-1",
  counter: 11,
  sequence: 4,
};
const withLease = (change: Partial<LeaseRecord>) => ({ lease: { ...LEASE, ...change } });

describe("a renewal", () => {
  test("of a live lease gets the next sequence", () => {
    expect(decideRenewal(REQUEST, FACTS)).toEqual({
      ok: true,
      value: { kind: "renew", from: 4, to: 5 },
    });
  });

  test("with a lost answer gets that step again", () => {
    expect(decideRenewal({ ...REQUEST, sequence: 3 }, FACTS)).toEqual({
      ok: true,
      value: { kind: "renew", from: 4, to: 4 },
    });
  });

  test.each<[string, Partial<typeof REQUEST>, Partial<RenewalFacts>, string]>([
    ["of another lease than its path", { lease: "lease-2" }, {}, "DeviceMessageMalformed"],
    ["of a lease that was never granted", {}, { lease: undefined }, "LeaseInvalid"],
    ["of another node's lease", {}, withLease({ serial: "DBX-2" }), "LeaseInvalid"],
    ["of another order's lease", {}, withLease({ order: foldOrderId("/other") }), "LeaseInvalid"],
    ["of another boot", { bootId: "boot-number-2" }, {}, "LeaseInvalid"],
    ["with a counter that was seen", { counter: 10 }, {}, "CounterRollback"],
    ["two steps behind", { sequence: 2 }, {}, "LeaseInvalid"],
    ["one step ahead", { sequence: 5 }, {}, "LeaseInvalid"],
    ["of a superseded lease", {}, withLease({ state: "superseded" }), "LeaseInvalid"],
    ["of a closed lease", {}, withLease({ state: "closed" }), "LeaseInvalid"],
    ["after its grace", {}, { nowMs: 1_000_000 + 900_001 }, "LeaseInvalid"],
  ])("%s is no renewal", (_name, request, facts, code) => {
    const decision = decideRenewal({ ...REQUEST, ...request }, { ...FACTS, ...facts });
    expect(decision.ok ? decision.value : decision.failure.code).toBe(code);
  });

  test.each<[string, Partial<RenewalFacts>, string]>([
    [
      "whose key was refused",
      withLease({ state: "refused", refusal: { code: "SsemUserErrorEncryptionKeyDisabled" } }),
      "SsemUserErrorEncryptionKeyDisabled",
    ],
    ["under a kill switch", { revocation: { code: "UnlockRevoked" } }, "UnlockRevoked"],
    [
      "of an order that was picked up",
      { transfer: { stage: "PickedUp", transferType: "ImportToAzure" } },
      "PurposeForbidden",
    ],
    ["of an order that is gone", { transfer: undefined }, "PurposeForbidden"],
    ["of an erased order", { hasEnvelope: false }, "SsemUserErrorSecretsNotGenerated"],
  ])("%s is answered by the order to close", (_name, facts, code) => {
    const decision = decideRenewal(REQUEST, { ...FACTS, ...facts });
    expect(decision).toMatchObject({ ok: true, value: { kind: "relock", failure: { code } } });
  });

  test.prop([fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }), fc.boolean()])(
    // Evidence: A failure that heals itself.
    "never renews a refused lease, with any sequence and counter",
    (sequence, counter, hasEnvelope) => {
      const decision = decideRenewal(
        { ...REQUEST, sequence, counter },
        { ...FACTS, ...withLease({ state: "refused" }), hasEnvelope },
      );
      expect(decision.ok && decision.value.kind === "renew").toBe(false);
    },
  );
});

describe("a lease without an end by time", () => {
  const LATE_MS = LEASE.renewedAtMs + 30 * 86_400_000;
  const BOOTS = { kind: "boots", boots: 3 } as const;
  test.each([
    ["until reboot", { graceUntilReboot: true }, {}, "renew"],
    ["for some boots", { offline: BOOTS }, {}, "renew"],
    ["for some boots, in another boot", { offline: BOOTS }, { bootId: "boot-number-2" }, "renew"],
    ["for some boots, from its first sequence", { offline: BOOTS }, { sequence: 0 }, "renew"],
    [
      "until reboot, in another boot",
      { graceUntilReboot: true },
      { bootId: "b-2" },
      "LeaseInvalid",
    ],
    [
      "for a time that is over",
      { offline: { kind: "duration", untilMs: LATE_MS - 1 } },
      {},
      "LeaseInvalid",
    ],
    [
      "for a time that is not over",
      { offline: { kind: "duration", untilMs: LATE_MS } },
      {},
      "renew",
    ],
  ] as const)("%s is judged so after a month of silence", (_, lease, request, expected) => {
    const facts = { ...FACTS, ...withLease(lease), nowMs: LATE_MS };
    const decision = decideRenewal({ ...REQUEST, ...request }, facts);
    expect(decision.ok ? decision.value.kind : decision.failure.code).toBe(expected);
  });
});
