import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openTemporaryFolder } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import { openBrokerKeys } from "../../src/keys/broker-keys.ts";
import { noteOwnKeys } from "../../src/run/note-own-keys.ts";
import { openTestStore } from "../store/open-test-store.ts";

const since = (signing: number, nonce: number) => new Map(Object.entries({ signing, nonce }));

test("the age of a key counts from its first use and not from its file, and a new key starts at zero", async () => {
  using folder = openTemporaryFolder();
  await using store = await openTestStore(":memory:");
  await openBrokerKeys(folder.path);
  const note = (nowMs: number) => noteOwnKeys(store, folder.path, nowMs, ["issuer"]);
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
  const known = await noteOwnKeys(store, folder.path, 1_000, ["signing"]);
  expect([...known.keys()]).toEqual(["nonce"]);
});
