import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { AGENT_BUNDLE, agentCommand } from "@databox-cmk/device-agent";
import {
  COMPILED_ONCE,
  findPostgres,
  openTemporaryFolder,
  requireTool,
  startPostgres,
} from "@databox-cmk/testkit";
import { describe, expect, test } from "vitest";

import { expectedProof, hasCryptsetup } from "../harness/cryptsetup.ts";
import { requireOk } from "../harness/nodes.ts";
import type { World } from "../harness/open-world.ts";
import { callOrder, readActivity } from "../harness/order-actions.ts";
import { BROKER } from "../harness/programs.ts";
import { verifyAudit } from "../harness/verify-audit.ts";
import {
  FILES,
  openAppliance,
  openReleased,
  ORDER,
  RELEASED,
  type Released,
  SERIAL,
  unpackState,
} from "./released-state.ts";

const hasPostgres = requireTool("postgresql", findPostgres() !== undefined);
const opensLuks2 = requireTool("cryptsetup", hasCryptsetup);
const releases = Object.keys(RELEASED) as Released[];

const broker = (env: Readonly<Record<string, string>>, ...words: readonly string[]) =>
  spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", BROKER, ...words], {
    encoding: "utf8",
    env: { ...process.env, ...COMPILED_ONCE, ...env },
  });

/** The present agent on the release's state folder and volume, still in the same boot. */
const openNode = (world: World) => openAppliance(world, agentCommand(AGENT_BUNDLE)).node(SERIAL);

const orderOf = ({ stack: { description } }: World) => ({
  name: ORDER,
  id: `/subscriptions/${description.subscriptionId}/resourceGroups/${description.resourceGroup}/providers/Microsoft.DataBox/jobs/${ORDER}`,
});

describe.skipIf(!opensLuks2).each(releases)("what %s left", (release) => {
  test("on SQLite is opened by this version: volume, keys, envelope, journal, activity, exports", async () => {
    await using world = await openReleased(release, {}, (folder) => unpackState(release, folder));
    const order = orderOf(world);
    const node = openNode(world);
    expect(requireOk(await node.agent(["journal", "--verify"]))).toMatchObject({
      outcome: "verified",
    });
    const at = (name: string) => join(world.folder, name);
    const empty = { ...world.stack.brokerEnvironment, BROKER_DATA_DIR: at("empty") };
    expect(broker(empty, "import", at(FILES.export))).toMatchObject({ status: 0 });
    const verify = ["audit", "verify", "--allow-gaps", "--export", at(FILES.activity)];
    expect(broker({}, ...verify)).toMatchObject({ status: 0 });
    const before = await readActivity(world, order);
    const exported = readFileSync(at(FILES.activity), "utf8").trimEnd().split("\n");
    // At its start the broker adds the row of a former day's uses of the key.
    expect(before.slice(0, exported.length)).toEqual(
      exported.map((line) => (JSON.parse(line) as { row: unknown }).row),
    );
    // The challenge that a person has carried since.
    const challenge = readFileSync(at(FILES.challenge), "utf8").trim();
    const { text } = await callOrder(world, order, "POST", "offlineUnlocks", { challenge });
    const { answer }: { readonly answer: string } = JSON.parse(text);
    const unlocked = { outcome: "unlocked", proof: expectedProof };
    expect(requireOk(await node.agent(["respond"], answer))).toMatchObject(unlocked);
    requireOk(await node.agent(["lock"]));
    expect(requireOk(await node.agent(["unlock"]))).toMatchObject(unlocked);
    requireOk(await node.agent(["rekey"]));
    requireOk(await node.agent(["lock"]));
    expect(requireOk(await node.agent(["unlock"]))).toMatchObject(unlocked);
    expect((await readActivity(world, order)).slice(0, before.length)).toEqual(before);
    expect(verifyAudit(world)).toEqual({ exitCode: 0, tampered: [] });
  });

  test.skipIf(!hasPostgres)("on PostgreSQL is opened by this version", async () => {
    await using server = await startPostgres();
    using dump = openTemporaryFolder();
    unpackState(release, dump.path);
    const url = server.url("postgres");
    const restore = ["--quiet", "--set=ON_ERROR_STOP=1", "--file", join(dump.path, FILES.postgres)];
    execFileSync(join(findPostgres() ?? "", "psql"), [...restore, url], { stdio: "pipe" });
    const environment = { DATABASE_URL: url };
    await using world = await openReleased(release, { environment }, (folder) =>
      unpackState(release, folder),
    );
    expect(requireOk(await openNode(world).agent(["unlock"]))).toMatchObject({
      outcome: "unlocked",
      proof: expectedProof,
    });
    const verify = ["audit", "verify", "--configured", "--allow-gaps"];
    expect(broker(world.stack.brokerEnvironment, ...verify)).toMatchObject({ status: 0 });
  });
});
