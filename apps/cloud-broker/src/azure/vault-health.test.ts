import { ERRORS } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import { USABLE_KEY } from "../../test/world/usable-key.ts";
import type { KeyFacts, KeyVaults } from "../core/ports.ts";
import { createClockWatch } from "../observability/clock-watch.ts";
import { refuseWithoutClock } from "./vault-health.ts";

const HOUR_MS = 3_600_000;
const KEY: KeyFacts = { ...USABLE_KEY, expiresSeconds: 1 };
const disabled = { ok: false, failure: { code: "SsemUserErrorEncryptionKeyDisabled" } } as const;

async function read(aheadMs: number, outcome: Awaited<ReturnType<KeyVaults["getKey"]>>) {
  const clock = createClockWatch(() => HOUR_MS);
  clock.note("azure", HOUR_MS - aheadMs);
  const vaults = { getKey: () => Promise.resolve(outcome) } as unknown as KeyVaults;
  const identity = { kind: "broker" } as never;
  return refuseWithoutClock(vaults, clock).getKey(identity, { vaultUrl: "" } as never);
}

test("a key that is expired by a clock that is off is unreachable, not refused", async () => {
  const outcome = await read(HOUR_MS, { ok: true, value: KEY });
  if (outcome.ok) throw new Error("it was read");
  expect(outcome.failure).toMatchObject({ code: "IdentityProviderUnreachable", reason: "clock" });
  expect(ERRORS[outcome.failure.code].class).toBe("unreachable");
});

test("a clock that is right lets every key be read", async () => {
  expect(await read(0, { ok: true, value: KEY })).toEqual({ ok: true, value: KEY });
});

test("what the vault itself refuses stays refused: that does not depend on our clock", async () => {
  expect(await read(HOUR_MS, disabled)).toEqual(disabled);
});

test("a key whose dates are known already unwraps nothing by a clock that is off", async () => {
  const clock = createClockWatch(() => HOUR_MS);
  const contentKey = new Uint8Array(32).fill(7);
  const vaults = { unwrapKey: () => Promise.resolve({ ok: true, value: { contentKey } }) };
  const unwrap = () =>
    refuseWithoutClock(vaults as unknown as KeyVaults, clock).unwrapKey(
      { kind: "broker" },
      "kid",
      new Uint8Array(256),
    );
  expect(await unwrap()).toMatchObject({ ok: true });
  clock.note("azure", 0);
  expect(await unwrap()).toMatchObject({
    failure: { code: "IdentityProviderUnreachable", reason: "clock" },
  });
  expect(contentKey.every((byte) => byte === 0)).toBe(true);
});
