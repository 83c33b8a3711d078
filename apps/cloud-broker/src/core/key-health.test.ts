import { describe, expect, test } from "vitest";

import { USABLE_KEY } from "../../test/world/usable-key.ts";
import {
  decideKeyHealth,
  describeRisk,
  fingerprint,
  isNews,
  type KeyHealth,
  nextStepOfHealth,
  type Risk,
} from "./key-health.ts";
import type { Failure, KeyFacts } from "./ports.ts";
import { expectedEndMs } from "./stages.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 25);
const END_MS = NOW_MS + 40 * DAY_MS;
const inDays = (days: number): number => (NOW_MS + days * DAY_MS) / 1000;
const judge = (facts: Partial<KeyFacts>): ReturnType<typeof decideKeyHealth> =>
  decideKeyHealth({ ok: true, value: { ...USABLE_KEY, ...facts } }, NOW_MS, END_MS);

describe("a key that may be used", () => {
  test.each<readonly [string, Partial<KeyFacts>, readonly Risk[]]>([
    ["without expiry is healthy", {}, []],
    ["that outlives the order is healthy", { expiresSeconds: inDays(41) }, []],
    [
      "that expires before the order ends is at risk, however far that is",
      { expiresSeconds: inDays(39) },
      [{ risk: "expires-before-order-end", atMs: NOW_MS + 39 * DAY_MS }],
    ],
    [
      "of a vault without purge protection is at risk",
      { recoveryLevel: "Recoverable+Purgeable" },
      [{ risk: "purge-protection" }],
    ],
    [
      "of a vault without soft delete is at risk",
      { recoveryLevel: "Purgeable" },
      [{ risk: "soft-delete" }],
    ],
    [
      "can be at risk in two ways",
      { recoveryLevel: "CustomizedRecoverable+Purgeable", expiresSeconds: inDays(1) },
      [{ risk: "expires-before-order-end", atMs: NOW_MS + DAY_MS }, { risk: "purge-protection" }],
    ],
  ])("%s", (_what, facts, risks) => {
    expect(judge(facts)).toEqual(
      risks.length === 0 ? { state: "healthy" } : { state: "at-risk", risks },
    );
  });

  test("that outlives a short order and expires within 30 days is still reported", () => {
    const got = { ok: true, value: { ...USABLE_KEY, expiresSeconds: inDays(12) } } as const;
    expect(decideKeyHealth(got, NOW_MS, NOW_MS + 5 * DAY_MS)).toEqual({
      state: "at-risk",
      risks: [{ risk: "expires-soon", atMs: NOW_MS + 12 * DAY_MS }],
    });
  });
});

test("the step of a key that expires soon moves the expiry by a year", () => {
  const health = decideKeyHealth(
    { ok: true, value: { ...USABLE_KEY, expiresSeconds: Date.UTC(2027, 0, 31) / 1000 } },
    Date.UTC(2027, 0, 30),
    Date.UTC(2027, 0, 30),
  );
  if (health.state !== "at-risk") throw new Error(health.state);
  const { text, command } = nextStepOfHealth(health, { keyName: "k1", vaultName: "kv" });
  expect(text).toContain("its expiry is 2027-01-31T00:00:00.000Z");
  expect(command).toMatch(/--expires 2028-01-31T00:00:00Z$/);
});

const judgeNewest = (failure: Failure) =>
  decideKeyHealth({ ok: true, value: USABLE_KEY }, NOW_MS, END_MS, { ok: false, failure });
const disabled = (reason?: string): Failure => ({
  code: "SsemUserErrorEncryptionKeyDisabled",
  reason,
  facts: { keyName: "k2" },
});

describe("a key whose newest version is followed", () => {
  test("is at risk if that version cannot be used, with its cause and the cause's next step", () => {
    const health = judgeNewest(disabled());
    if (health.state !== "at-risk") throw new Error(health.state);
    expect(health.risks).toEqual([
      { risk: "newest-version", cause: { state: "unusable", ...disabled() } },
    ]);
    const { who, text } = nextStepOfHealth(health, { keyName: "k1", vaultName: "kv" });
    expect(who).toBe("security-administrator");
    expect(text).toContain("k2");
    const other = judgeNewest(disabled("other"));
    if (other.state !== "at-risk") throw new Error(other.state);
    expect(isNews(health, other)).toBe(true);
  });

  test("stays as it was while nothing is known of that version", () => {
    expect(judgeNewest({ code: "KeyVaultUnreachable" })).toEqual({
      state: "inconclusive",
      code: "KeyVaultUnreachable",
    });
  });
});

describe("a key that may not be used", () => {
  test.each<readonly [string, Partial<KeyFacts>, string]>([
    ["disabled", { enabled: false }, "SsemUserErrorEncryptionKeyDisabled"],
    ["expired", { expiresSeconds: inDays(-1) }, "SsemUserErrorEncryptionKeyExpired"],
    ["not yet valid", { notBeforeSeconds: inDays(1) }, "KeyNotYetValid"],
    ["of another type", { keyType: "EC" }, "SsemUserErrorEncryptionKeyTypeNotSupported"],
    ["without unwrapKey", { operations: [] }, "SsemUserErrorKeyVaultBadRequestException"],
  ])("because it is %s is unusable by its code", (_what, facts, code) => {
    expect(judge(facts)).toMatchObject({ state: "unusable", code });
  });

  test.each<Failure>([
    { code: "SsemUserErrorKeyDetailsNotFound", reason: "key-deleted-recoverable" },
    { code: "SsemUserErrorKeyVaultDetailsNotFound", reason: "vault-not-found" },
    { code: "SsemUserErrorSystemAssignedIdentityAbsent", reason: "identity-deleted" },
    { code: "SsemUserErrorKeyVaultBadRequestException", reason: "access-policy" },
  ])("by the vault's own word is unusable: $code $reason", (failure) => {
    expect(decideKeyHealth({ ok: false, failure }, NOW_MS, END_MS)).toEqual({
      state: "unusable",
      facts: {},
      ...failure,
    });
  });
});

test.each<Failure["code"]>([
  "KeyVaultUnreachable",
  "KeyVaultThrottled",
  "KeyVaultUnexpectedAnswer",
  "IdentityProviderUnreachable",
  "ResourceManagerUnreachable",
  "BrokerBusy",
  "InternalError",
  "PasskeyUnavailable",
])("%s tells nothing of a key", (code) => {
  expect(decideKeyHealth({ ok: false, failure: { code } }, NOW_MS, END_MS)).toEqual({
    state: "inconclusive",
    code,
  });
});

const risk = (atMs: number): KeyHealth => ({
  state: "at-risk",
  risks: [{ risk: "expires-soon", atMs }],
});

describe("news", () => {
  const unusable: KeyHealth = { state: "unusable", code: "KeyNotYetValid", facts: {} };
  test.each<readonly [string, KeyHealth, KeyHealth, boolean]>([
    ["a first look that finds all well is none", { state: "unknown" }, { state: "healthy" }, false],
    ["a first look that finds a risk is", { state: "unknown" }, risk(1), true],
    ["the same again is none", unusable, { ...unusable, facts: { keyName: "k" } }, false],
    ["another expiry is", risk(1), risk(2), true],
    ["a cure is", unusable, { state: "healthy" }, true],
    ["another cause is", unusable, { ...unusable, reason: "x" }, true],
  ])("%s", (_what, before, after, expected) => {
    expect(isNews(before, after)).toBe(expected);
    expect(fingerprint(after)).toBe(fingerprint(after));
  });
});

test.each<readonly [number, string]>([
  [12, "The key expires in 12 days"],
  [1, "The key expires in 1 day"],
  [0.5, "The key expires within a day"],
])("a risk is described with its date: %s days", (days, text) => {
  expect(describeRisk({ risk: "expires-soon", atMs: NOW_MS + days * DAY_MS }, NOW_MS)).toBe(text);
});

test("an order needs its key the shorter the further it is", () => {
  const stages = [
    "DeviceOrdered",
    "DevicePrepared",
    "Dispatched",
    "Delivered",
    "PickedUp",
  ] as const;
  const ends = stages.map((stage) => expectedEndMs(stage, 0));
  expect(ends).toEqual(ends.toSorted((left, right) => right - left));
  expect(expectedEndMs("Completed", 7)).toBe(7);
});
