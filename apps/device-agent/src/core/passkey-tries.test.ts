import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";

import { decideTry, type PasskeyTries, TRIES, WAIT_SECONDS } from "./passkey-tries.ts";

const at = (bootMs: number, bootId = "boot-number-1") => ({ bootMs, bootId });
const spent: PasskeyTries = { tries: TRIES, bootId: "boot-number-1", atMs: 1_000_000 };
const waited = 1_000_000 + WAIT_SECONDS * 1000;

test.each([
  ["the first try", undefined, at(5), "try", 1],
  ["the fifth", { ...spent, tries: 4 }, at(1_000_001), "try", 5],
  ["the sixth, at once", spent, at(1_000_001), "wait", 5],
  ["the sixth, a moment too early", spent, at(waited - 1), "wait", 5],
  ["the sixth, after 15 minutes", spent, at(waited), "try", 1],
  ["the sixth, right after a boot", spent, at(3, "boot-number-2"), "wait", 5],
  [
    "the sixth, after a boot with a clock far ahead",
    spent,
    at(waited * 9, "boot-number-2"),
    "wait",
    5,
  ],
  ["the sixth, with a clock that went back", spent, at(10), "wait", 5],
] as const)("%s", (_name, found, now, kind, tries) => {
  expect(decideTry(found, now)).toMatchObject({ kind, next: { tries } });
});

property.prop([
  fc.array(
    fc.record({ passesMs: fc.nat(40 * 60_000), boots: fc.boolean(), setsClockBack: fc.boolean() }),
    { maxLength: 60 },
  ),
  // Evidence: Wrong passkeys.
])("never more than five tries within 15 minutes of one boot, and none by booting", (history) => {
  let stored: PasskeyTries | undefined;
  let boot = 1;
  let bootMs = 0;
  let sinceWaitBegan: number | undefined;
  let inARow = 0;
  for (const { passesMs, boots, setsClockBack } of history) {
    if (boots) [boot, bootMs] = [boot + 1, 0];
    else if (setsClockBack) bootMs = Math.max(0, bootMs - passesMs);
    else bootMs += passesMs;
    if (sinceWaitBegan !== undefined && !boots && !setsClockBack) sinceWaitBegan += passesMs;
    const decision = decideTry(stored, { bootId: `boot-number-${String(boot)}`, bootMs });
    stored = decision.next;
    if (decision.kind === "try") {
      if (inARow === TRIES) {
        expect(sinceWaitBegan).toBeGreaterThanOrEqual(WAIT_SECONDS * 1000);
        inARow = 0;
      }
      inARow += 1;
      sinceWaitBegan = 0;
    }
  }
});
