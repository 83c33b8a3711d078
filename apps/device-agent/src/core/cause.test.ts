import type { Denial } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { decideCause, judgeLastUnlock } from "./cause.ts";
import { eventOfExamination } from "./doctor-event.ts";

const AT = "2026-01-02T03:00:00.000Z";
const NOW_MS = Date.parse(AT) + 150_000;
const NOW = { bootId: "boot-number-1", bootMs: 0, iso: new Date(NOW_MS).toISOString() };
const CODE = "SsemUserErrorEncryptionKeyDisabled";
type Facts = Readonly<Record<string, string>>;
const row = (event: string, facts: Facts = {}) => ({ event, at: AT, facts });
const denied = (code: string, reason = "") => row("unlock-denied", { code, reason });

function judge(rows: Parameters<typeof judgeLastUnlock>[0]) {
  const state = { lock: { kind: "locked", since: AT } } as const;
  const context = { event: "status", elapsedMs: 0, known: {} } as const;
  const cause = decideCause({ state, rows, waiting: undefined, now: NOW }, context);
  return { cause, finding: judgeLastUnlock(rows, cause, NOW_MS) };
}

test.each([
  ["no unlock", [row("prepared")], "none yet"],
  ["an unlock", [denied(CODE), row("unlocked"), row("locked")], "unlocked 2 min 30 s ago"],
  ["a denial that is not a refusal", [denied("BrokerBusy")], /^not answered .*\(BrokerBusy\)$/],
  [
    "a volume that closed without an answer",
    [row("unlocked"), row("relocked", { cause: "outage", code: "BrokerUnreachable" })],
    /^closed .*\(BrokerUnreachable\)$/,
  ],
  [
    "a boot",
    [row("unlocked"), row("relocked", { cause: "boot", code: "LeaseInvalid" })],
    /LeaseInvalid/,
  ],
  ["the end of a passkey's time", [row("relocked", { by: "passkey", cause: "outage" })], /outage/],
  ["a code of a newer broker", [denied("Newer")], /\(Newer\)$/],
])("after %s nothing is wrong", (_name, rows, found) => {
  const { finding } = judge(rows);
  expect(finding).toMatchObject({ ok: true });
  expect("found" in finding && finding.found).toMatch(found);
});

test.each([
  ["refusal", denied(CODE, "some"), CODE, "refused 2 min 30 s ago"],
  [
    "failure of this node",
    row("unlock-failed", { code: "VolumeHeaderRolledBack" }),
    "VolumeHeaderRolledBack",
    "failed 2 min 30 s ago",
  ],
])("a %s lasts until an unlock succeeds, with its code", (_name, last, code, said) => {
  const { cause, finding } = judge([row("unlocked"), last, row("signed-in")]);
  expect(cause).toMatchObject({ code, at: AT });
  expect(finding).toMatchObject({
    ok: false,
    failure: { code, detail: `${said}; databox-agent unlock asks again` },
  });
});

const LEASE = {
  id: "11111111-1111-4111-8111-111111111111",
  ttlSeconds: 60,
  outageGraceSeconds: 0,
  sequence: 1,
  grantHash: "A".repeat(43),
  answeredAtMs: 0,
} as const;
const REFUSAL: Denial = {
  requestHash: "A".repeat(43),
  code: CODE,
  class: "refused",
  who: "security-administrator",
  title: "The key is disabled",
  message: "Disabled",
  ask: "Enable kek.",
  steps: [],
  correlationId: LEASE.id,
};
const CONTEXT = { event: "status", elapsedMs: 0, known: {} } as const;
const node = { stateDir: "/state", settings: undefined, elapsedMs: 0 };

/** The volume is open. */
function decideOpen(lease: object, refusal?: Denial) {
  const { bootId } = NOW;
  const held = { ...LEASE, ...lease };
  const state = { lock: { kind: "unlocked", since: AT, bootId, lease: held }, refusal } as const;
  return decideCause({ state, rows: [], waiting: undefined, now: NOW }, CONTEXT);
}

test.each([
  ["order", REFUSAL, CODE, "refused"],
  ["order", undefined, "UnlockRevoked", "refused"],
  ["rollback", undefined, "LeaseInvalid", "invalid"],
  ["outage", undefined, "BrokerUnreachable", "unreachable"],
] as const)("a final %s is the cause before the volume is closed", (closing, refusal, code, is) => {
  const cause = decideOpen({ closing }, refusal);
  expect(cause).toMatchObject({ code, class: is, detail: expect.stringContaining("is final") });
});

test("a doctor of which every check passed is healthy, whatever hinders a renewal", () => {
  const cause = decideOpen({ hindered: { code: "LeaseInvalid" } });
  expect(cause).toMatchObject({ code: "LeaseInvalid", class: "invalid" });
  const event = eventOfExamination({ checks: [], failure: undefined }, { ...node, cause });
  expect(event).toMatchObject({ outcome: "healthy", cause });
});

test("a kept refusal with a newer broker's code fails the check of the last unlock", () => {
  const rows = [denied("Newer")];
  const lock = { kind: "locked", since: AT } as const;
  const state = { lock, refusal: { ...REFUSAL, code: "Newer" } };
  const cause = decideCause({ state, rows, waiting: undefined, now: NOW }, CONTEXT);
  expect(cause).toMatchObject({ code: "Newer", class: "refused" });
  expect(judgeLastUnlock(rows, cause, NOW_MS)).toMatchObject({
    ok: false,
    failure: { detail: expect.stringContaining("(Newer)") },
  });
});
