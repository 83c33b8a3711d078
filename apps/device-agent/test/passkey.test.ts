import { readFileSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";

import { describe, expect, test, vi } from "vitest";

import { readSecret } from "../src/command-line/read-secret.ts";
import { TRIES } from "../src/core/passkey-tries.ts";
import { type AgentWorld, createPreparedWorld, KINDS, seen } from "./agent-world.ts";

const PASSKEY = "Right-Passkey-2345!";
const bytes = (text: string) => new TextEncoder().encode(text);
const type = (world: AgentWorld, text: string) =>
  world.run({ command: "passkey" }, { readSecret: async () => bytes(text) });
/** The boot clock as it will be, however young the boot of this machine is. */
function laterBootClock(seconds: number): Disposable & { set(seconds: number): void } {
  const now = os.uptime();
  const set = (later: number) => {
    vi.spyOn(os, "uptime").mockReturnValue(now + later);
    syncBuiltinESMExports();
  };
  set(seconds);
  return {
    set,
    [Symbol.dispose]() {
      vi.restoreAllMocks();
      syncBuiltinESMExports();
    },
  };
}
const journal = (world: AgentWorld) =>
  readFileSync(join(world.stateDir, "journal.jsonl"), "utf8").trim().split("\n");

describe.each(KINDS)("a node with a $volumeKind volume", ({ volumeKind, proof, skip }) => {
  const options = { volumeKind, unlockKey: bytes(PASSKEY) } as const;

  // Evidence: Passkeys in the journal.
  test.skipIf(skip)("is opened by its passkey without a broker, and locked again", async () => {
    await using world = await createPreparedWorld(options);
    await world.broker[Symbol.asyncDispose]();
    expect(await type(world, PASSKEY)).toMatchObject({
      event: "passkey",
      outcome: "unlocked",
      proof,
    });
    expect(await world.status()).toMatchObject({
      outcome: "unlocked",
      details: { openedBy: "passkey", graceLeftSeconds: expect.any(Number) },
    });
    expect(journal(world).at(-1)).toContain('"by":"passkey"');
    expect(seen(await world.lock())).toMatchObject({ outcome: "locked" });
    expect(journal(world).join()).not.toContain(PASSKEY);
  });

  // Evidence: Guessing the passkey.
  // Evidence: Wrong passkeys.
  test.skipIf(skip)("takes five wrong passkeys, and then not even the right one", async () => {
    await using world = await createPreparedWorld(options);
    for (let left = TRIES - 1; left >= 0; left -= 1)
      expect(await type(world, `Wrong-${String(left)}`)).toMatchObject({
        code: "PasskeyRejected",
        who: "site-operator",
        detail: left === 0 ? "no try is left" : `tries left: ${String(left)}`,
      });
    const exhausted = { exit: 5, outcome: "invalid", code: "PasskeyTriesExhausted" };
    expect(seen(await type(world, PASSKEY))).toMatchObject(exhausted);
    world.boot("boot-number-2");
    expect(await type(world, PASSKEY)).toMatchObject({
      code: exhausted.code,
      retryAfterSeconds: 900,
    });
    expect(journal(world).filter((row) => row.includes("passkey-rejected"))).toHaveLength(TRIES);
    expect(seen(await world.status())).toMatchObject({ outcome: "locked" });
    // The network is another way in.
    expect(seen(await world.unlock())).toMatchObject({ outcome: "unlocked" });
  });
});

// Evidence: Wrong passkeys.
test("15 minutes after the fifth wrong passkey the next is taken", async () => {
  await using world = await createPreparedWorld({ unlockKey: bytes(PASSKEY) });
  using time = laterBootClock(0);
  for (let count = 0; count < TRIES; count += 1) await type(world, "Wrong");
  time.set(899);
  expect(seen(await type(world, PASSKEY))).toMatchObject({ code: "PasskeyTriesExhausted" });
  time.set(901);
  expect(seen(await type(world, PASSKEY))).toMatchObject({ outcome: "unlocked" });
});

test("the right passkey gives all tries back", async () => {
  await using world = await createPreparedWorld({ unlockKey: bytes(PASSKEY) });
  for (let count = 0; count < 3; count += 1) {
    for (let wrong = 1; wrong < TRIES; wrong += 1) await type(world, "Wrong");
    expect(seen(await type(world, PASSKEY))).toMatchObject({ outcome: "unlocked" });
  }
});

test("a try is on disk before the volume is asked, so that a kill in between costs it", async () => {
  await using world = await createPreparedWorld({ unlockKey: bytes(PASSKEY) });
  const path = join(world.stateDir, "passkey-tries.json");
  // A volume that cannot be read stands for the kill: the passkey was not judged.
  writeFileSync(world.diskPath, "no volume");
  expect(seen(await type(world, PASSKEY))).toMatchObject({ code: "VolumeUnavailable" });
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ tries: 1 });
});

test.each([
  ["a line that is piped in", ["Right-", "Passkey-2345!\nrest"], "Right-Passkey-2345!"],
  ["one without line end", ["abc"], "abc"],
  ["one of Windows", ["abc\r\n"], "abc"],
])("%s is read", async (_name, chunks, expected) => {
  const input = new PassThrough();
  for (const chunk of chunks) input.write(chunk);
  input.end();
  expect(new TextDecoder().decode(await readSecret("Passkey", input, () => undefined))).toBe(
    expected,
  );
});

test("from a terminal it is read without echo, and a slip can be taken back", async () => {
  const modes: boolean[] = [];
  const asked: string[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(this: void, mode: boolean) {
      modes.push(mode);
    },
  });
  input.write("abx\u007fc\r");
  const typed = await readSecret("Passkey", input as never, (text) => asked.push(text));
  expect(new TextDecoder().decode(typed)).toBe("abc");
  expect(modes).toEqual([true, false]);
  expect(asked).toHaveLength(1);
});

test.each([
  ["nothing", ""],
  ["far too much", "x".repeat(300)],
])("%s is misuse", async (_name, text) => {
  const input = new PassThrough();
  input.end(text);
  await expect(readSecret("Passkey", input, () => undefined)).rejects.toMatchObject({
    code: "Misuse",
  });
});
