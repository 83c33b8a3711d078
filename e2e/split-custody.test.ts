import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import {
  decodeBase64url,
  deriveSplitKey,
  encodeBase64url,
  parseEnvelope,
} from "@databox-cmk/crypto";
import { envelopeExport } from "@databox-cmk/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";

import { searchMemory } from "./canary/process-memory.ts";
import { createSearch, filesBelow, secretOf } from "./canary/secret.ts";
import { cryptsetupPath, expectedProof } from "./harness/cryptsetup.ts";
import { runShell, shellBlocks } from "./harness/documented-shell.ts";
import { requireOk, unlockNode } from "./harness/nodes.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { callOrder, readActivity } from "./harness/order-actions.ts";
import { makeRecoveryKey } from "./harness/recovery-key.ts";
import {
  chooseSplitCustody,
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
  travel,
} from "./harness/shipped-appliance.ts";

const SERIAL = "DBX-split";
/** cryptsetup(8), return codes. */
const NO_KEY_FITS = 2;

/** Tries a key on the disk, with cryptsetup alone. */
function opensWith(diskPath: string, key: Uint8Array): boolean {
  const parameters = ["open", "--test-passphrase", "--batch-mode", "--key-file", "-", diskPath];
  const { status } = spawnSync(cryptsetupPath ?? "cryptsetup", parameters, { input: key });
  if (status !== 0 && status !== NO_KEY_FITS) throw new Error(`cryptsetup: ${String(status)}`);
  return status === 0;
}

let world: World;
beforeAll(async () => {
  world = await openWorld((folder) => ({
    brokerEnvironment: { BROKER_KEYS_DIR: join(folder, "keys") },
  }));
});
afterAll(() => world[Symbol.asyncDispose]());

test("a broker, its database and the customer's consent do not open the appliance; with the appliance's share they do", async () => {
  const recoveryKey = makeRecoveryKey();
  const { publicKey, privateKey } = recoveryKey;
  const order = await placeOrder(world, "split");
  const vaultKey = await takeOwnKey(world, order, "contososplit");
  await chooseSplitCustody(world, order, publicKey);
  const appliance = await prepareAppliance(world, order, [SERIAL]);
  const node = appliance.node(SERIAL);
  await shipAppliance(world, order, appliance);
  expect(await unlockNode(node)).toMatchObject({ outcome: "unlocked", proof: expectedProof });
  requireOk(await node.agent(["lock"]));

  // Everything that a broker can compute with the customer's consent: here by the recovery key, which
  // unwraps the same content key as the vault.
  const { text: exported } = await callOrder(world, order, "GET", "envelopes");
  const [row] = envelopeExport.parse(JSON.parse(exported)).value;
  const envelope = parseEnvelope(row?.jwe);
  const brokerShare = await recoveryKey.open(envelope);
  const passkey = async (key: Uint8Array) =>
    (await node.agent(["passkey"], encodeBase64url(key))).events.at(-1);
  expect(await passkey(brokerShare)).toMatchObject({ code: "PasskeyNotInEscrow" });
  expect(opensWith(node.diskPath, brokerShare)).toBe(false);
  expect(opensWith(node.diskPath, new TextEncoder().encode(encodeBase64url(brokerShare)))).toBe(
    false,
  );
  // The owner opens the copy of the appliance's share as the page says.
  const folder = join(world.folder, "recovery");
  mkdirSync(folder);
  writeFileSync(join(folder, "recovery.pem"), privateKey, { mode: 0o600 });
  writeFileSync(join(folder, "envelopes.json"), exported);
  const recipe = shellBlocks("customer/split-custody.md", "Recover an appliance").find((block) =>
    block.includes("openssl"),
  );
  const carried = runShell(folder, recipe).trim();
  const deviceShare = decodeBase64url(carried, "share");
  expect(opensWith(node.diskPath, deviceShare)).toBe(false);
  const unlockKey = deriveSplitKey(deviceShare, brokerShare, envelope.context);
  expect(opensWith(node.diskPath, unlockKey)).toBe(true);

  // The appliance alone has the share that the broker lacks.
  const search = createSearch([
    secretOf("device share", deviceShare),
    secretOf("unlock key", unlockKey),
    secretOf("nonce key", readFileSync(join(world.folder, "keys", "nonce-key.bin"))),
  ]);
  expect(searchMemory(world.stack.broker().pid, search)).toEqual(["nonce key"]);
  const places = filesBelow(world.folder).flatMap((path) =>
    search(readFileSync(join(world.folder, path))).map((name) => `${name}: ${basename(path)}`),
  );
  expect(places.toSorted()).toEqual([
    `device share: device-share-${envelope.context.env}.json`,
    "nonce key: nonce-key.bin",
  ]);

  // The mainboard breaks: the owner's key brings the share back.
  for (const name of readdirSync(node.stateDir))
    if (name.startsWith("device-share-")) rmSync(join(node.stateDir, name));
  expect((await node.agent(["unlock"])).events.at(-1)).toMatchObject({
    code: "DeviceShareMissing",
  });
  requireOk(await node.agent(["recover"], carried));
  expect(await unlockNode(node)).toMatchObject({ outcome: "unlocked" });
  requireOk(await node.agent(["rekey"]));
  requireOk(await node.agent(["lock"]));
  expect(await unlockNode(node)).toMatchObject({ outcome: "unlocked" });
  expect(opensWith(node.diskPath, unlockKey)).toBe(false);

  // Back in the datacenter it opens itself: the vault decides about the broker's share, and the
  // appliance has its own.
  await world.operator.advance(order.id, "pickUp");
  await world.operator.advance(order.id, "receive");
  await travel(appliance);
  const ingest = ["unlock", "--purpose", "ingest"];
  await vaultKey.setEnabled(false);
  expect((await node.agent(ingest)).events.at(-1)).toMatchObject({
    code: "SsemUserErrorEncryptionKeyDisabled",
  });
  await vaultKey.setEnabled(true);
  expect(requireOk(await node.agent(ingest))).toMatchObject({
    outcome: "unlocked",
    proof: expectedProof,
    kid: vaultKey.kid,
  });
  const rows = await readActivity(world, order);
  expect(rows).toContainEqual(
    expect.objectContaining({
      action: "unlock",
      detail: expect.objectContaining({ purpose: "ingest" }) as object,
      outcome: "granted",
    }),
  );
  const journal = readFileSync(join(node.stateDir, "journal.jsonl"), "utf8");
  expect(journal).toContain("copiedFor");
});
