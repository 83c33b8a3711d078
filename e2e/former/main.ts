// Makes the state of a release (README.md):
// main.ts RELEASE BROKER AGENT, with the main scripts of its programs.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { agentCommand } from "@databox-cmk/device-agent";
import { findPostgres, startPostgres } from "@databox-cmk/testkit";

import { cryptsetupPath } from "../harness/cryptsetup.ts";
import { prepareNode, requireOk, unlockNode } from "../harness/nodes.ts";
import { callOrder } from "../harness/order-actions.ts";
import { placeOrder, shipAppliance, takeOwnKey } from "../harness/shipped-appliance.ts";
import {
  archiveOf,
  FILES,
  openAppliance,
  openReleased,
  ORDER,
  RELEASED,
  type Released,
  SERIAL,
} from "./released-state.ts";

/** Both copies of LUKS2's header. */
const HEADERS = 32_768;
type Area = { readonly offset: string; readonly size: string };

const [release = "", broker = "", agent = ""] = process.argv.slice(2);
const isReleased = (name: string): name is Released => name in RELEASED;
if (!isReleased(release)) throw new Error(`no ports are set for ${release}`);

await using world = await openReleased(release, { broker });
const { folder, stack } = world;
const order = await placeOrder(world, ORDER);
const appliance = openAppliance(world, agentCommand(agent));
const [code] = await world.operator.prepare(order.id, [SERIAL]);
appliance.powerOn();
const node = appliance.node(SERIAL);
await prepareNode(world, node, order.id, code?.enrolmentCode ?? "");
await takeOwnKey(world, order, "contosokept");
await shipAppliance(world, order, appliance);
await unlockNode(node);
requireOk(await node.agent(["lock"]));
await callOrder(world, order, "PUT", "unlockPolicy", {
  outageGrace: "P1D",
  leaseTtlSeconds: 60,
  offline: { allowed: true, lease: { kind: "boots", boots: 1 } },
  release: {
    windows: [],
    approvals: { required: 0, approvers: [], expiresAfterSeconds: 3600 },
    breakGlass: false,
  },
});
const at = (name: string) => join(folder, name);
requireOk(await node.agent(["challenge", "--out", at(FILES.challenge)]));
const { text } = await callOrder(world, order, "GET", "activity");
const page: { readonly value: readonly object[] } = JSON.parse(text);
writeFileSync(at(FILES.activity), page.value.map((row) => `${JSON.stringify(row)}\n`).join(""));
blankUnused(node.diskPath);
await stack.broker().stop();

const run = (environment: Readonly<Record<string, string>>, ...words: readonly string[]) =>
  execFileSync(process.execPath, ["--disable-warning=ExperimentalWarning", broker, ...words], {
    env: { ...stack.brokerEnvironment, ...environment },
    stdio: "inherit",
  });
run({}, "export", at(FILES.export));
await using server = await startPostgres();
run({ DATABASE_URL: server.url("postgres") }, "import", at(FILES.export));
const dumped = ["--no-owner", `--file=${at(FILES.postgres)}`, server.url("postgres")];
execFileSync(join(findPostgres() ?? "", "pg_dump"), dumped, { stdio: "inherit" });
await stack.close();

writeFileSync(at(FILES.folder), folder);
const kept = ["appliances", "azure", "broker", "tls", ...Object.values(FILES)];
execFileSync(
  "tar",
  ["-cJSf", archiveOf(release), "--exclude=compile-cache", "-C", folder, ...kept],
  { stdio: "inherit" },
);

/** cryptsetup fills the places of all possible keys with random bytes, 16 MB of them. */
function blankUnused(disk: string): void {
  const dump = ["luksDump", "--dump-json-metadata", disk];
  const { keyslots }: { readonly keyslots: Readonly<Record<string, { area: Area }>> } = JSON.parse(
    execFileSync(cryptsetupPath ?? "", dump, { encoding: "utf8" }),
  );
  const used = Object.values(keyslots).map(({ area }) => [+area.offset, +area.size] as const);
  const image = readFileSync(disk);
  const blank = Buffer.alloc(image.length);
  for (const [offset, size] of [[0, HEADERS], ...used] as const)
    image.copy(blank, offset, offset, offset + size);
  writeFileSync(disk, blank);
}
