import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openTemporaryFolder } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import { openBrokerKeys } from "../../src/keys/broker-keys.ts";
import { createOwnKeys, noteOwnKeys, readUsedKeys } from "../../src/run/note-own-keys.ts";
import { openTestStore } from "../store/open-test-store.ts";

const since = (signing: number, nonce: number) => new Map(Object.entries({ signing, nonce }));

test("the age of a key counts from its first use and not from its file, and a new key starts at zero", async () => {
  using folder = openTemporaryFolder();
  await using store = await openTestStore(":memory:");
  await openBrokerKeys(folder.path);
  const note = async (nowMs: number) =>
    noteOwnKeys(store, await readUsedKeys(folder.path, ["issuer"]), nowMs);
  expect(await note(1_000)).toEqual(since(1_000, 1_000));
  const nonce = join(folder.path, "nonce-key.bin");
  const former = readFileSync(nonce);
  writeFileSync(nonce, Buffer.alloc(32, 1));
  expect(await note(2_000)).toEqual(since(1_000, 2_000));
  writeFileSync(nonce, former);
  expect(await note(3_000)).toEqual(since(1_000, 1_000));
});

test("a key that is not used has no age", async () => {
  using folder = openTemporaryFolder();
  await using store = await openTestStore(":memory:");
  await openBrokerKeys(folder.path);
  const known = await noteOwnKeys(store, await readUsedKeys(folder.path, ["signing"]), 1_000);
  expect([...known.keys()]).toEqual(["nonce"]);
});

test("a replica that starts with an older key than others use knows it, until they end", async () => {
  await using store = await openTestStore(":memory:");
  let nowMs = 1_000;
  const start = (fingerprint: string) =>
    createOwnKeys(
      store,
      () => Promise.resolve([{ name: "nonce", fingerprint }]),
      () => nowMs,
    );
  const former = start("first");
  await former.note();
  nowMs = 10_000;
  const rotated = start("second");
  await rotated.note();
  await former.note();
  // It runs since before the rotation, and is to be restarted.
  expect([former.areOlder(), rotated.areOlder()]).toEqual([false, false]);
  nowMs = 20_000;
  const older = start("first");
  await older.note();
  expect(older.areOlder()).toBe(true);
  nowMs = 140_000;
  await older.note();
  expect(older.areOlder()).toBe(false);
});
