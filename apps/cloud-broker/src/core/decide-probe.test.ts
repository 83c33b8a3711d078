import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";

import { decideProbe, nextProbeMs, type ProbeAnswer, type ProbeState } from "./decide-probe.ts";

const disabled = { code: "SsemUserErrorEncryptionKeyDisabled" } as const;
const refusal: ProbeAnswer = { failure: disabled, errorClass: "refused" };
const outage: ProbeAnswer = { failure: { code: "KeyVaultUnreachable" }, errorClass: "unreachable" };
const ok: ProbeState = { kind: "ok", sinceMs: 1, checkedAtMs: 2 };
const refused: ProbeState = { kind: "refused", sinceMs: 1, checkedAtMs: 2, failure: disabled };
const unknown: ProbeState = { kind: "unknown" };

test.each<[string, ProbeState, ProbeAnswer, ProbeState]>([
  ["a first yes", unknown, undefined, { kind: "ok", sinceMs: 9, checkedAtMs: 9 }],
  ["a yes again keeps its age", ok, undefined, { kind: "ok", sinceMs: 1, checkedAtMs: 9 }],
  ["a yes after a no", refused, undefined, { kind: "ok", sinceMs: 9, checkedAtMs: 9 }],
  ["a no", ok, refusal, { kind: "refused", sinceMs: 9, checkedAtMs: 9, failure: disabled }],
  ["a no again", refused, refusal, { ...refused, checkedAtMs: 9 }],
  ["an outage after a yes leaves it, and its age", ok, outage, ok],
  ["an outage after a no leaves it, and its age", refused, outage, refused],
  ["an outage at first", unknown, outage, unknown],
])("%s", (_name, former, answer, expected) => {
  expect(decideProbe(former, answer, 9)).toEqual(expected);
});

test.prop([
  fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  fc.integer({ min: 1, max: 3600 }),
])(
  "a key is asked about within its interval, and not before four fifths of it",
  (random, intervalSeconds) => {
    const waitMs = nextProbeMs(0, intervalSeconds, random);
    expect(waitMs).toBeLessThanOrEqual(intervalSeconds * 1000);
    expect(waitMs).toBeGreaterThanOrEqual(intervalSeconds * 800);
  },
);
