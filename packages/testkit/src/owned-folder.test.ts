import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { expect, onTestFinished, test, vi } from "vitest";

import { openTemporaryFolder } from "./open-temporary-folder.ts";
import { makeOwnedFolder } from "./owned-folder.ts";

const SOURCE = new URL("owned-folder.ts", import.meta.url).href;
const SCRIPT = `
  import { makeOwnedFolder } from ${JSON.stringify(SOURCE)};
  process.stdout.write(makeOwnedFolder(process.argv[1], "tests"));
  process.stdin.resume();
`;
const OWNER = [process.execPath, "--input-type=module", "--eval", SCRIPT] as const;
/** Its parent goes on as another program, which does not ask how its child ended. */
const ORPHAN = ["/bin/sh", "-c", 'exec 3<&0; "$0" "$@" <&3 & exec cat', ...OWNER] as const;

const ZOMBIE = "State:\tZ";

/** A process owns the folder until its standard input ends, or it is killed. */
async function startOwner(command: readonly [string, ...string[]], parent: string) {
  const [program, ...words] = command;
  const child = spawn(program, [...words, parent], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  onTestFinished(async () => {
    child.stdin.destroy();
    await ended;
  });
  const [folder] = await once(child.stdout, "data");
  return basename(String(folder));
}

/** Kills the owner by the ID in the folder's name, and waits until it has ended. */
async function killOwner(folder: string): Promise<void> {
  const { 2: pid = "" } = folder.split(".");
  process.kill(Number(pid), "SIGKILL");
  const status = `/proc/${pid}/status`;
  const expectEnded = () => {
    const state = existsSync(status) ? readFileSync(status, "utf8") : ZOMBIE;
    expect(state).toContain(ZOMBIE);
  };
  await vi.waitFor(expectEnded, { timeout: 180_000 });
}

test.runIf(process.platform === "linux")(
  "the folders of processes that were killed are removed by the next one, and no others",
  async () => {
    using parent = openTemporaryFolder();
    const living = await startOwner(OWNER, parent.path);
    const killed = [await startOwner(OWNER, parent.path), await startOwner(ORPHAN, parent.path)];
    for (const folder of killed) {
      writeFileSync(join(parent.path, folder, "file"), "left");
      await killOwner(folder);
    }
    const [kind, namespace] = living.split(".");
    // This process has the ID now, and did not start with the machine.
    const reused = [kind, namespace, process.pid, 1, "a"].join(".");
    // The first one's owner may be running where its ID means something.
    const foreign = [
      [kind, 1, process.pid, 1, "a"].join("."),
      ["other", namespace, process.pid, 1, "a"].join("."),
    ];
    for (const name of [reused, ...foreign]) mkdirSync(join(parent.path, name));

    const own = basename(makeOwnedFolder(parent.path, "postgres"));
    expect(new Set(readdirSync(parent.path))).toEqual(new Set([living, own, ...foreign]));
  },
);
