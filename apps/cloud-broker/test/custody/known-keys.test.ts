import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { KeyIdentity } from "../../src/core/order.ts";
import { createKeyReader, type KeyReader } from "../../src/custody/key-reader.ts";
import type { UsableKey } from "../../src/custody/usable-key.ts";
import { KNOWN_FOR_MS } from "../world/custody-dependencies.ts";
import { createCustodyWorld, type CustodyWorld, ORDER, SYSTEM } from "./custody-world.ts";

const OTHER = "principal-2";
let world: CustodyWorld;
let reader: KeyReader;

beforeEach(() => {
  world = createCustodyWorld();
  world.vaults.grant("kv-one", OTHER);
  reader = readerOf(KNOWN_FOR_MS);
});
afterEach(() => world[Symbol.dispose]());

const readerOf = (knownForMs: number) =>
  createKeyReader({
    vaults: world.vaults.port,
    resources: world.vaults.resources,
    now: () => world.clock.nowMs,
    knownForMs,
  });
const spyOnGet = () => vi.spyOn(world.vaults.port, "getKey");
const inSeconds = (seconds: number) => world.clock.nowMs / 1000 + seconds;

function usableBy(principalId: string): UsableKey {
  const version = world.kids.one.split("/").at(-1) ?? "";
  const identity: KeyIdentity = {
    kind: "order",
    order: ORDER,
    attachment: "system",
    tenantId: SYSTEM.tenantId,
    clientId: principalId,
    principalId,
  };
  const [vaultName, keyName] = ["kv-one", "kek"];
  const key = { vaultUrl: `https://${vaultName}.vault.test`, vaultName, keyName, version };
  return { order: ORDER, location: "westus", owner: "customer", identity, key };
}
const read = (principalId = SYSTEM.principalId) => reader.readForUnwrap(usableBy(principalId));
const codeOf = async (reading: ReturnType<typeof read>) => {
  const key = await reading;
  return key.ok ? "" : key.failure.code;
};

test("one Get serves all orders of a key for its time, also with different identities", async () => {
  const gets = spyOnGet();
  expect(await codeOf(read())).toBe("");
  world.clock.nowMs += KNOWN_FOR_MS - 1;
  expect(await codeOf(read(OTHER))).toBe("");
  expect(gets).toHaveBeenCalledTimes(1);
  world.clock.nowMs += 1;
  expect(await codeOf(read(OTHER))).toBe("");
  expect(gets).toHaveBeenCalledTimes(2);
});

test("simultaneous unlocks share one Get", async () => {
  const gets = spyOnGet();
  const readings = [SYSTEM.principalId, OTHER, SYSTEM.principalId].map((each) => read(each));
  expect((await Promise.all(readings)).every(({ ok }) => ok)).toBe(true);
  expect(gets).toHaveBeenCalledTimes(1);
});

test("an expiry date that is reached between two Gets ends the use of the key exactly then", async () => {
  world.vaults.setExpiry(world.kids.one, inSeconds(5));
  expect(await codeOf(read())).toBe("");
  world.clock.nowMs += 4999;
  expect(await codeOf(read())).toBe("");
  world.clock.nowMs += 1;
  expect(await codeOf(read())).toBe("SsemUserErrorEncryptionKeyExpired");
});

test("a date that was moved earlier is met within the time, and one that was moved later at once", async () => {
  expect(await codeOf(read())).toBe("");
  world.vaults.setExpiry(world.kids.one, inSeconds(-1));
  world.clock.nowMs += KNOWN_FOR_MS;
  expect(await codeOf(read())).toBe("SsemUserErrorEncryptionKeyExpired");
  world.vaults.setExpiry(world.kids.one, inSeconds(60));
  expect(await codeOf(read())).toBe("");
});

test("a failed unwrap makes the next use read the key again", async () => {
  const gets = spyOnGet();
  expect(await codeOf(read())).toBe("");
  await reader.explain(usableBy(OTHER), { code: "SsemUserErrorEncryptionKeyDisabled" });
  expect(await codeOf(read())).toBe("");
  expect(gets).toHaveBeenCalledTimes(2);
});

test("an identity that may not read the key fails alone among simultaneous unlocks", async () => {
  world.vaults.revoke("kv-one", OTHER);
  const readings = [OTHER, SYSTEM.principalId, SYSTEM.principalId].map((each) =>
    codeOf(read(each)),
  );
  expect(await Promise.all(readings)).toEqual(["SsemUserErrorKeyVaultBadRequestException", "", ""]);
});

test("a vault that does not answer is waited for once by simultaneous unlocks", async () => {
  const gets = spyOnGet();
  world.vaults.setOutage("kv-one", { code: "KeyVaultThrottled" });
  const readings = [SYSTEM.principalId, OTHER].map((each) => codeOf(read(each)));
  expect(await Promise.all(readings)).toEqual(["KeyVaultThrottled", "KeyVaultThrottled"]);
  expect(gets).toHaveBeenCalledTimes(1);
  world.vaults.setOutage("kv-one", undefined);
  expect(await codeOf(read())).toBe("");
});

test("a clock that was set back makes no Get last longer", async () => {
  const gets = spyOnGet();
  expect(await codeOf(read())).toBe("");
  world.clock.nowMs -= 3_600_000;
  expect(await codeOf(read())).toBe("");
  expect(gets).toHaveBeenCalledTimes(2);
});

test("with no time at all, each unlock has a Get of its own", async () => {
  reader = readerOf(0);
  const gets = spyOnGet();
  await Promise.all([read(), read(OTHER)]);
  expect(gets).toHaveBeenCalledTimes(2);
});
