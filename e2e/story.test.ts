import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { type AzureClients, createAzureClients } from "@databox-cmk/local-stack";
import { orderSummaryPage, STAGE_NAMES } from "@databox-cmk/protocol";
import { openTemporaryFolder, type TemporaryFolder } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  expectedProof,
  expectedVolume,
  hasCryptsetup,
  isContinuousIntegration,
} from "./harness/cryptsetup.ts";
import { readNodeState } from "./harness/node-state.ts";
import { readPasskeys } from "./harness/passkeys.ts";
import { modeOf, readStack } from "./harness/read-stack.ts";
import {
  FREE_PORTS,
  runStart,
  type StackLine,
  type StartCommand,
} from "./harness/start-command.ts";

const step = (name: string) => ({ event: "step", step: name });
const lock = { event: "lock", outcome: "locked" };
const unlocked = { event: "unlock", outcome: "unlocked", proof: expectedProof };
const refused = (code: string, reason?: string) => ({
  event: "unlock",
  outcome: "refused",
  code,
  ...(reason === undefined ? {} : { reason }),
  who: "security-administrator",
});

/** The steps of the main job, in order. */
const STORY = [
  { event: "stack", outcome: "ready" },
  step("Order"),
  { event: "prepare", outcome: "prepared" },
  step("Identity"),
  step("Vault and key"),
  step("Access"),
  step("Re-wrapped"),
  step("Shipped"),
  lock,
  unlocked,
  step("Key disabled"),
  lock,
  refused("SsemUserErrorEncryptionKeyDisabled"),
  step("Key enabled"),
  unlocked,
  step("Access revoked"),
  lock,
  refused("SsemUserErrorKeyVaultBadRequestException", "role"),
  step("Access granted"),
  unlocked,
  step("Returned"),
  { ...unlocked, purpose: "ingest" },
  step("Copied"),
  { event: "erase", outcome: "erased" },
  step("Erased"),
  { event: "story", outcome: "done" },
];
const TOLD = ["event", "step", "purpose", "outcome", "code", "reason", "who", "proof"] as const;

/** Members of stack.json. */
const STACK_MEMBERS = [
  "armUrl",
  "authorityUrl",
  "portalUrl",
  "brokerUrl",
  "vaultSuffix",
  "imdsUrl",
  "emulatorControlUrl",
  "caFile",
  "tenantId",
  "subscriptionId",
  "resourceGroup",
  "location",
  "storageAccountId",
] as const;

const USE = fileURLToPath(new URL("../apps/local-stack/src/use.ts", import.meta.url));
/** `npm run agent` or `npm run emulator`, without npm. @returns standard output */
const use = async (program: "agent" | "emulator", directory: string, ...words: string[]) => {
  const node = [USE, program, "--directory", directory, ...words];
  return (await promisify(execFile)(process.execPath, node)).stdout;
};
const readSummaries = async (customer: AzureClients, subscriptionId: string) =>
  orderSummaryPage.parse(
    await customer.callResourceManager(
      "GET",
      `/subscriptions/${subscriptionId}/providers/Microsoft.DataBox/orderSummaries?api-version=2025-07-01`,
    ),
  ).value;
const secretsOf = (stackFile: string) =>
  readStack(stackFile).clients.map(({ clientSecret }) => clientSecret);

describe("npm start -- --once --json", () => {
  let folder: TemporaryFolder;
  let command: StartCommand;
  let exitCode: number;
  let lines: readonly StackLine[];
  const stackFile = () => join(folder.path, "stack.json");

  beforeAll(async () => {
    folder = openTemporaryFolder();
    command = runStart(["--once", "--json", "--directory", folder.path, ...FREE_PORTS]);
    exitCode = await command.ended;
    ({ lines } = command);
  });
  afterAll(async () => {
    await command[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test("ends with 0, silent on standard error, and leaves no process behind", () => {
    expect(command.stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(command.isAlive()).toBe(false);
  });

  test("prints the whole story in order, one event a line", () => {
    const told = lines.map((line) =>
      Object.fromEntries(TOLD.filter((name) => name in line).map((name) => [name, line[name]])),
    );
    expect(told).toEqual(STORY);
  });

  test("each line has its duration, and each line about a node names the node and its volume", () => {
    for (const line of lines) expect(line["elapsedMs"]).toBeGreaterThan(0);
    const ofNodes = lines.filter(({ event }) => ["prepare", "lock", "unlock"].includes(event));
    for (const line of ofNodes)
      expect(line).toMatchObject({
        node: expect.stringMatching(/^DBX\d{6}$/),
        volume: expectedVolume,
      });
  });

  test("each refusal carries its title, its message and steps with commands that name the vault", () => {
    const refusals = lines.filter(({ outcome }) => outcome === "refused");
    expect(refusals).toHaveLength(2);
    for (const refusal of refusals)
      expect(refusal).toMatchObject({
        title: expect.stringMatching(/\w/),
        message: expect.stringMatching(/\w/),
        steps: expect.arrayContaining([
          {
            text: expect.any(String),
            command: expect.stringMatching(/^az (?:keyvault|role) .*contoso\d+/),
          },
        ]),
      });
  });

  test.runIf(isContinuousIntegration)("cryptsetup is there in continuous integration", () => {
    expect(hasCryptsetup).toBe(true);
  });

  test("writes the stack's addresses to stack.json, for its owner only", () => {
    const stack = readStack(stackFile());
    expect(modeOf(stackFile())).toBe("600");
    expect(modeOf(folder.path)).toBe("700");
    for (const member of STACK_MEMBERS) expect(stack[member]).toMatch(/\w/);
    expect(stack.clients).toContainEqual({
      role: "Owner",
      clientId: expect.stringMatching(/^[\da-f-]{36}$/),
      clientSecret: expect.stringMatching(/^[\da-f]{48}$/),
    });
    expect(stack.users).toContainEqual({
      role: "Security administrator",
      userName: "ada@contoso.example",
    });
    // The appliance of the story is erased.
    expect(stack.appliances).toEqual([]);
    expect(readFileSync(stack.caFile, "utf8")).toMatch(/^-----BEGIN CERTIFICATE-----/);
  });

  test("prints no secret of the stack", () => {
    const secrets = secretsOf(stackFile());
    expect(secrets.length).toBeGreaterThan(3);
    for (const secret of secrets) expect(command.stdout).not.toContain(secret);
    expect(command.stdout).not.toContain("PRIVATE KEY");
  });
});

describe("npm start, for people", () => {
  test("--demo adds orders in every state to the story, prints addresses and never a passkey, and ends by Ctrl-C", async () => {
    using folder = openTemporaryFolder();
    const ofEarlierRun = join(folder.path, "appliances", "DBX-1042", "state");
    mkdirSync(ofEarlierRun, { recursive: true });
    await using command = runStart(["--demo", "--directory", folder.path, ...FREE_PORTS]);
    const ready = await command.text("client ids and secrets, is in");
    expect(existsSync(ofEarlierRun)).toBe(false);
    const stackFile = join(folder.path, "stack.json");
    const stack = readStack(stackFile);
    for (const place of [stack.armUrl, stack.brokerUrl, stack.vaultSuffix, stack.caFile, stackFile])
      expect(ready).toContain(place);
    const [node] = stack.appliances[0]?.nodes ?? [];
    expect(ready).toContain(`${String(node?.uiUrl)}/ (sign in with its passkey)`);
    expect(await readNodeState(node?.uiUrl ?? "")).toMatchObject({
      node: { serial: node?.serial, model: "Data Box" },
      lock: { kind: "unlocked", by: "network" },
    });

    expect(ready.match(/REFUSED|Demo complete|(?<=Order )(?:vega|atlas|sirius)/g)).toEqual([
      "REFUSED",
      "REFUSED",
      "vega",
      "atlas",
      "sirius",
      "Demo complete",
    ]);

    const ofNode = ["--node", node?.serial ?? "", "status", "--json"];
    const status = await use("agent", folder.path, ...ofNode);
    expect(JSON.parse(status)).toMatchObject({ node: node?.serial, outcome: "unlocked" });
    expect(await use("emulator", folder.path, "fault", "list")).toContain('"value": []');

    const order = stack.appliances[0]?.order.split("/").at(-1) ?? "";
    const owner = stack.clients.find(({ role }) => role === "Owner");
    if (owner === undefined) throw new Error("stack.json has no owner");
    using customer = createAzureClients(stack, readFileSync(stack.caFile, "utf8"), owner);
    const orders = await readSummaries(customer, stack.subscriptionId);
    expect([...new Set(orders.map(({ stage }) => stage))].toSorted()).toEqual(
      STAGE_NAMES.toSorted(),
    );
    const health = new Map(orders.map(({ name, keyHealth }) => [name, keyHealth.state]));
    expect(Object.fromEntries(health)).toMatchObject({
      vega: "NotWatched",
      atlas: "Healthy",
      ceres: "AtRisk",
      orion: "Unusable",
    });
    expect(orders.flatMap(({ nodes }) => nodes.map(({ lock: state }) => state))).toEqual(
      expect.arrayContaining(["notPrepared", "locked", "revoked"]),
    );
    let retryAfter: string | undefined;
    await customer.dataBox.jobs.beginUpdateAndWait(
      stack.resourceGroup,
      order,
      { tags: { read: "yes" } },
      {
        onResponse: ({ headers }) => {
          retryAfter ??= headers.get("retry-after");
        },
      },
    );
    expect(retryAfter).toBe("1");
    const passkeys = [...(await readPasskeys(customer, stack.resourceGroup, order)).values()];
    expect(passkeys).toEqual([expect.stringMatching(/^.{12,64}$/)]);

    command.interrupt();
    expect(await command.ended).toBe(0);
    expect(command.isAlive()).toBe(false);
    const output = command.stdout + command.stderr;
    for (const secret of [...passkeys, ...secretsOf(stackFile)])
      expect(output).not.toContain(secret);
  });
});
