import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createFakeBroker, openTemporaryFolder } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import { HAS_CRYPTSETUP } from "../agent-world.ts";
import { buildAgent, type KillPoint, runAgent } from "./agent-process.ts";

test.skipIf(!HAS_CRYPTSETUP)(
  // Evidence: Guessing the passkey.
  // Evidence: Wrong passkeys.
  "killing the agent at any moment at which cryptsetup may have judged a passkey gives no further try",
  async () => {
    using opened = openTemporaryFolder();
    const folder = opened.path;
    const agent = await buildAgent(folder);
    await using broker = await createFakeBroker();
    const serial = "PASSKEY-KILL";
    const { enrolmentCode } = await broker.addNode(serial);
    writeFileSync(join(folder, "ca.pem"), broker.certificateAuthorityPem);
    const state = join(folder, "state");
    const run = (command: readonly string[], input: string, kill?: KillPoint) =>
      runAgent(agent, ["--state-dir", state, ...command], input, kill);
    const where = [
      "--broker",
      broker.url,
      "--ca-file",
      join(folder, "ca.pem"),
      "--resolve-localhost",
    ];
    const names = ["--order", broker.order, "--serial", serial];
    const place = ["--volume", join(folder, "disk.img"), "--volume-kind", "luks2"];
    await run(["prepare", ...where, ...names, ...place], enrolmentCode);
    const wrong = "Wrong-Passkey-9!";
    const { steps = 0 } = await run(["passkey"], wrong, { steps: "programs", at: 0 });
    expect(steps).toBeGreaterThanOrEqual(2);
    const tries = (): unknown =>
      JSON.parse(readFileSync(join(state, "passkey-tries.json"), "utf8")).tries;
    for (let at = 1; at <= Math.min(steps, 4); at += 1) {
      const killed = await run(["passkey"], wrong, { steps: "programs", at });
      expect(killed).toMatchObject({ signal: "SIGKILL" });
      expect({ at, tries: tries() }).toEqual({ at, tries: at + 1 });
    }
  },
);
