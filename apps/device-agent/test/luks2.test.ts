import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import {
  createPreparedWorld,
  createAgentWorld,
  HAS_CRYPTSETUP,
  seen,
  SERIAL,
} from "./agent-world.ts";
import { forgeLuks2Header } from "./forge-luks2-header.ts";

function cryptsetup(parameters: readonly string[], input = "") {
  const { status, stdout } = spawnSync("/usr/sbin/cryptsetup", parameters, {
    input,
    encoding: "utf8",
  });
  return { status, stdout };
}

describe.skipIf(!HAS_CRYPTSETUP)("the volume of a prepared node", () => {
  const passkey = "Read-9-by-cryptsetup-itself!";

  test("is LUKS2, opens with the unlock key alone, and holds the signed envelope as a token", async () => {
    const unlockKey = new TextEncoder().encode(passkey);
    await using world = await createPreparedWorld({ volumeKind: "luks2", unlockKey });
    const disk = world.diskPath;
    expect(cryptsetup(["isLuks", "--type", "luks2", disk]).status).toBe(0);
    const open = ["open", "--test-passphrase", "--key-file=-", disk];
    expect(cryptsetup(open, passkey).status).toBe(0);
    expect(cryptsetup(open, `${passkey}x`).status).toBe(2);
    const dump = cryptsetup(["luksDump", disk]).stdout;
    expect(dump).toMatch(/PBKDF:\s+pbkdf2/);
    expect(dump).toMatch(/Iterations:\s+1000/);
    const token: unknown = JSON.parse(
      cryptsetup(["token", "export", "--token-id", "0", disk]).stdout,
    );
    expect(token).toEqual({
      type: "databox-cmk",
      keyslots: [],
      envelope: world.broker.nodes.get(SERIAL)?.signedEnvelope,
    });
  });

  test("gets the newer envelope into its token when it is unlocked", async () => {
    await using world = await createPreparedWorld({ volumeKind: "luks2" });
    await world.broker.rewrap(SERIAL);
    await world.unlock();
    const token = cryptsetup(["token", "export", "--token-id", "0", world.diskPath]).stdout;
    expect(JSON.parse(token)).toMatchObject({
      envelope: world.broker.nodes.get(SERIAL)?.signedEnvelope,
    });
  });

  test("without a key slot is distinguished from a missing one", async () => {
    await using world = await createPreparedWorld({ volumeKind: "luks2" });
    cryptsetup(["luksErase", "--batch-mode", world.diskPath]);
    expect(seen(await world.unlock())).toMatchObject({ exit: 5, code: "VolumeRejectedKey" });
  });

  // Evidence: A changed LUKS2 header.
  // Evidence: An unauthenticated LUKS2 header.
  test("whose header was made to name no cipher is not given its key, though cryptsetup would take it", async () => {
    const unlockKey = new TextEncoder().encode(passkey);
    await using world = await createPreparedWorld({ volumeKind: "luks2", unlockKey });
    const segment = /("segments":\{.*?"encryption":")[^"]+/;
    forgeLuks2Header(world.diskPath, (json) => json.replace(segment, "$1cipher_null-ecb"));
    const open = ["open", "--test-passphrase", "--key-file=-", world.diskPath];
    expect(cryptsetup(open, passkey).status).toBe(0);
    const event = await world.unlock();
    expect(seen(event)).toMatchObject({ exit: 5, code: "VolumeUnavailable" });
    expect(event).toMatchObject({ detail: expect.stringContaining("not encrypted by aes-xts") });
    expect(seen(await world.status())).toMatchObject({ outcome: "locked" });
  });

  test("of another owner is not overwritten", async () => {
    await using other = await createPreparedWorld({ volumeKind: "luks2" });
    const before = readFileSync(other.diskPath);
    await using world = await createAgentWorld({ volumeKind: "luks2" });
    const event = await world.prepare({ volume: other.diskPath });
    expect(seen(event)).toMatchObject({ exit: 5, code: "VolumeUnavailable" });
    expect(event).toMatchObject({ detail: expect.stringContaining("another id") });
    expect(readFileSync(other.diskPath).equals(before)).toBe(true);
  });

  test("keeps its keys off the command line of every cryptsetup that is started", async () => {
    const unlockKey = new TextEncoder().encode(passkey);
    await using world = await createPreparedWorld({ volumeKind: "luks2", unlockKey });
    const seenCommandLines: string[] = [];
    world.broker.intercept = ({ answer }) => {
      // cryptsetup waits for its key while the broker is asked
      for (const pid of childrenOf(process.pid))
        seenCommandLines.push(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      return answer;
    };
    await world.unlock();
    const cryptsetups = seenCommandLines.filter((line) => line.includes("cryptsetup"));
    expect(cryptsetups.length).toBeGreaterThan(0);
    for (const line of cryptsetups) expect(line).not.toContain(passkey);
  });
});

function childrenOf(pid: number): string[] {
  return readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8")
    .split(" ")
    .filter((child) => child !== "");
}
