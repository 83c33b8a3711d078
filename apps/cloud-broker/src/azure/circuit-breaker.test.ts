import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Failure, Outcome } from "../core/ports.ts";
import { createVaultCircuit } from "./circuit-breaker.ts";

const SILENT: Failure = { code: "KeyVaultUnreachable", reason: "timeout" };
const fails = (failure: Failure, count: { calls: number }) => (): Promise<Outcome<string>> => {
  count.calls += 1;
  return Promise.resolve({ ok: false, failure });
};
const works = (count: { calls: number }) => (): Promise<Outcome<string>> => {
  count.calls += 1;
  return Promise.resolve({ ok: true, value: "key" });
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function times(count: number, run: () => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index += 1) await run();
}

test("five silences open it: then calls fail at once, as unreachable, with the time to wait", async () => {
  const call = createVaultCircuit();
  const count = { calls: 0 };
  await times(8, () => call(fails(SILENT, count)));
  expect(count.calls).toBe(5);
  expect(await call(works(count))).toMatchObject({
    ok: false,
    failure: { code: "KeyVaultUnreachable", reason: "timeout", retryAfterSeconds: 5 },
  });
});

test("after a while one call tries, and the others wait for its result", async () => {
  const call = createVaultCircuit();
  const count = { calls: 0 };
  await times(5, () => call(fails(SILENT, count)));
  vi.setSystemTime(Date.now() + 5000);
  const found = Promise.withResolvers<Outcome<string>>();
  const trial = call(() => found.promise);
  const other = call(works(count));
  expect(count.calls).toBe(5);
  found.resolve({ ok: true, value: "trial" });
  expect(await trial).toEqual({ ok: true, value: "trial" });
  expect(await other).toEqual({ ok: true, value: "key" });
});

test("a trial that meets silence keeps it open", async () => {
  const call = createVaultCircuit();
  const count = { calls: 0 };
  await times(5, () => call(fails(SILENT, count)));
  vi.setSystemTime(Date.now() + 5000);
  await times(3, () => call(fails(SILENT, count)));
  expect(count.calls).toBe(6);
});

test("a clock that is set back does not keep it open", async () => {
  const call = createVaultCircuit();
  const count = { calls: 0 };
  await times(5, () => call(fails(SILENT, count)));
  vi.setSystemTime(Date.now() - 3_600_000);
  expect(await call(works(count))).toEqual({ ok: true, value: "key" });
  await times(8, () => call(fails(SILENT, count)));
  expect(count.calls).toBe(11);
  vi.setSystemTime(Date.now() + 5000);
  expect(await call(works(count))).toEqual({ ok: true, value: "key" });
});

test("a refusal ends the silence: it is the vault's own word, and passes as it is", async () => {
  const call = createVaultCircuit();
  const count = { calls: 0 };
  const disabled: Failure = { code: "SsemUserErrorEncryptionKeyDisabled" };
  await times(5, () => call(fails(SILENT, count)));
  vi.setSystemTime(Date.now() + 5000);
  expect(await call(fails(disabled, count))).toEqual({ ok: false, failure: disabled });
  expect(await call(works(count))).toEqual({ ok: true, value: "key" });
});

test.each<Failure>([
  { code: "KeyVaultUnreachable", reason: "dns" },
  { code: "KeyVaultUnreachable", reason: "connection" },
  { code: "KeyVaultThrottled" },
  { code: "SsemUserErrorKeyVaultBadRequestException", reason: "role" },
  { code: "BrokerBusy" },
  { code: "IdentityProviderUnreachable", reason: "entra" },
])("what is answered at once opens nothing: $code $reason", async (failure) => {
  const call = createVaultCircuit();
  const count = { calls: 0 };
  await times(20, () => call(fails(failure, count)));
  expect(count.calls).toBe(20);
});

test("silences in between answers open nothing", async () => {
  const call = createVaultCircuit();
  const count = { calls: 0 };
  await times(10, async () => {
    await times(4, () => call(fails(SILENT, count)));
    await call(works(count));
  });
  expect(count.calls).toBe(50);
});

test("calls that find no place do not end a silence", async () => {
  const call = createVaultCircuit();
  const count = { calls: 0 };
  const busy: Failure = { code: "BrokerBusy", retryAfterSeconds: 5 };
  await times(5, async () => {
    await call(fails(SILENT, count));
    expect(await call(fails(busy, count))).toMatchObject({ ok: false });
  });
  expect(count.calls).toBe(9);
  expect(await call(works(count))).toMatchObject({ failure: SILENT });
});

test("a trial that finds no place keeps it open", async () => {
  const call = createVaultCircuit();
  const count = { calls: 0 };
  const busy: Failure = { code: "BrokerBusy", retryAfterSeconds: 5 };
  await times(5, () => call(fails(SILENT, count)));
  vi.setSystemTime(Date.now() + 5000);
  expect(await call(fails(busy, count))).toEqual({ ok: false, failure: busy });
  expect(await call(works(count))).toMatchObject({ failure: SILENT });
  vi.setSystemTime(Date.now() + 5000);
  expect(await call(works(count))).toEqual({ ok: true, value: "key" });
});

test("a call that throws is not a missing answer, and the error is passed on", async () => {
  const call = createVaultCircuit();
  const broken = () => call(() => Promise.reject(new TypeError("bug")));
  for (let index = 0; index < 10; index += 1) await expect(broken()).rejects.toThrow("bug");
});
