import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { openVolume } from "../src/volume/choose-volume.ts";
import { SYSTEM_FOLDERS } from "../src/volume/luks2/find-cryptsetup.ts";
import {
  createPreparedWorld,
  HAS_CRYPTSETUP,
  KINDS,
  seen,
  SERIAL,
  shownPasskey,
  typePasskey,
} from "./agent-world.ts";
import type { AgentWorld } from "./agent-world.ts";

const rekey = async (world: AgentWorld) => {
  await world.unlock();
  expect(await world.run({ command: "rekey" })).toMatchObject({ outcome: "rekeyed" });
  await world.lock();
};
const stateOf = (world: AgentWorld) => join(world.stateDir, "state.json");
const generationOf = (world: AgentWorld): unknown =>
  (JSON.parse(readFileSync(stateOf(world), "utf8")) as Record<string, unknown>)["headerGeneration"];

describe.each(KINDS)("a header of a $volumeKind volume", ({ volumeKind, skip }) => {
  test.skipIf(skip)(
    // Evidence: A volume header from a backup.
    "that was restored from before a rekeying is given no key: the old passkey does not open it offline",
    async () => {
      await using world = await createPreparedWorld({ volumeKind });
      const old = await shownPasskey(world);
      const backup = `${world.diskPath}.backup`;
      copyFileSync(world.diskPath, backup);
      await rekey(world);
      copyFileSync(world.diskPath, `${world.diskPath}.newest`);
      copyFileSync(backup, world.diskPath);
      for (const passkey of [old, await shownPasskey(world)])
        expect(seen(await typePasskey(world, passkey))).toMatchObject({
          code: "VolumeHeaderRolledBack",
          exit: 5,
        });
      expect(seen(await world.unlock())).toMatchObject({ code: "VolumeHeaderRolledBack" });
      copyFileSync(`${world.diskPath}.newest`, world.diskPath);
      expect(seen(await typePasskey(world, await shownPasskey(world)))).toMatchObject({
        outcome: "unlocked",
      });
    },
  );

  test.skipIf(skip)("of each rekeying is older than that of the next", async () => {
    await using world = await createPreparedWorld({ volumeKind });
    await rekey(world);
    const first = await shownPasskey(world);
    copyFileSync(world.diskPath, `${world.diskPath}.backup`);
    await rekey(world);
    expect(generationOf(world)).toBe(2);
    copyFileSync(`${world.diskPath}.backup`, world.diskPath);
    expect(seen(await typePasskey(world, first))).toMatchObject({ code: "VolumeHeaderRolledBack" });
  });

  test.skipIf(skip)(
    // Evidence: A volume header from a backup.
    "that is newer than the node's restored state opens, and is remembered from then on",
    async () => {
      await using world = await createPreparedWorld({ volumeKind });
      const old = await shownPasskey(world);
      const disk = `${world.diskPath}.backup`;
      copyFileSync(world.diskPath, disk);
      await rekey(world);
      const state = JSON.parse(readFileSync(stateOf(world), "utf8")) as Record<string, unknown>;
      const { headerGeneration: _forgotten, ...restored } = state;
      writeFileSync(stateOf(world), JSON.stringify(restored), { mode: 0o600 });
      expect(seen(await typePasskey(world, await shownPasskey(world)))).toMatchObject({
        outcome: "unlocked",
      });
      await world.lock();
      expect(generationOf(world)).toBe(1);
      copyFileSync(disk, world.diskPath);
      expect(seen(await typePasskey(world, old))).toMatchObject({ code: "VolumeHeaderRolledBack" });
    },
  );

  test.skipIf(skip)(
    // Evidence: A volume header from a backup.
    "that claims to be newer is not believed before a key has opened it",
    async () => {
      await using world = await createPreparedWorld({ volumeKind });
      const right = await shownPasskey(world);
      await openVolume(
        { kind: volumeKind, path: world.diskPath },
        SERIAL,
        SYSTEM_FOLDERS,
      ).writeHeaderGeneration(7);
      expect(
        seen(await typePasskey(world, new TextEncoder().encode("Wrong-Key-9!"))),
      ).toMatchObject({
        code: "PasskeyRejected",
      });
      expect(generationOf(world)).toBeUndefined();
      expect(seen(await typePasskey(world, right))).toMatchObject({ outcome: "unlocked" });
      expect(generationOf(world)).toBe(7);
    },
  );
});

test.skipIf(!HAS_CRYPTSETUP).each([
  ["of a later agent", { generation: 1, extra: "later" }],
  ["with a number as text", { generation: "1" }],
])("a token %s is not called an old header, and the right one opens the volume", async (_, odd) => {
  await using world = await createPreparedWorld({ volumeKind: "luks2" });
  await rekey(world);
  const write = (members: object) => {
    const parameters = ["token", "import", "--token-id", "1", "--token-replace", "--json-file=-"];
    const token = { type: "databox-cmk-header", keyslots: [], ...members };
    const input = JSON.stringify(token);
    expect(
      spawnSync("/usr/sbin/cryptsetup", [...parameters, world.diskPath], { input }).status,
    ).toBe(0);
  };
  write(odd);
  expect(seen(await world.unlock())).toMatchObject({
    code: "VolumeUnavailable",
    reason: "generation",
  });
  write({ generation: 1 });
  expect(seen(await world.unlock())).toMatchObject({ outcome: "unlocked" });
});
