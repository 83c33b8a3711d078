import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import {
  decodeBase64url,
  deriveSplitKey,
  encodeBase64url,
  parseEnvelope,
} from "@databox-cmk/crypto";
import type { EmulatedNode } from "@databox-cmk/device-emulator";
import { enableIdentity } from "@databox-cmk/local-stack";
import { envelopeExport } from "@databox-cmk/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";

import { searchMemory } from "./canary/process-memory.ts";
import { createSearch, filesBelow, secretOf } from "./canary/secret.ts";
import { campaignCommands } from "./drills/campaign.ts";
import { ownKey } from "./drills/customer-key.ts";
import { openShell } from "./drills/shell.ts";
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
import { verifyCertificate } from "./harness/verify-certificate.ts";

const SERIAL = "DBX-split";
const HEAVY = ["DBH-split-A", "DBH-split-B"] as const;
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

// Evidence: A broker that opens the appliance.
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

  // Everything that a broker can compute with the customer's consent: here by the recovery key,
  // which unwraps the same content key as the vault.
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
  // The owner compares key and copy with the appliance's word, and opens the copy, as the page
  // says.
  const folder = join(world.folder, "recovery");
  mkdirSync(folder);
  writeFileSync(join(folder, "recovery.pem"), privateKey, { mode: 0o600 });
  writeFileSync(join(folder, "envelopes.json"), exported);
  const told = requireOk(await node.agent(["status"]))["details"];
  const [thumbprint, copyHash] = shellBlocks(
    "customer/split-custody.md",
    "Name your recovery keys",
  );
  expect(told).toMatchObject({
    shareCopiedFor: runShell(folder, thumbprint).trim(),
    shareCopyHash: runShell(folder, copyHash).split(" ", 1)[0],
  });
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

/** This node's only share, as its state folder keeps it. */
function shareOf({ stateDir }: EmulatedNode): Uint8Array {
  const [name = "", ...others] = readdirSync(stateDir).filter((file) =>
    file.startsWith("device-share-"),
  );
  expect(others).toEqual([]);
  const kept: { readonly share: string } = JSON.parse(readFileSync(join(stateDir, name), "utf8"));
  return decodeBase64url(kept.share, "share");
}

// Evidence: Shares that do not belong together.
test("each node of a Data Box Heavy has shares of its own, through a re-key, a campaign, the copy and its erasure", async () => {
  const recoveryKey = makeRecoveryKey();
  const order = await placeOrder(world, "split-heavy", "DataBoxHeavy");
  const oldKey = await takeOwnKey(world, order, "contosoheavysplit");
  await chooseSplitCustody(world, order, recoveryKey.publicKey);
  const appliance = await prepareAppliance(world, order, HEAVY);
  const [first, second] = [appliance.node(HEAVY[0]), appliance.node(HEAVY[1])];
  await shipAppliance(world, order, appliance);
  expect(await unlockNode(first)).toMatchObject({ outcome: "unlocked", kid: oldKey.kid });
  expect(requireOk(await second.agent(["status"])).outcome).toBe("locked");
  expect(await unlockNode(second)).toMatchObject({ outcome: "unlocked", proof: expectedProof });

  const exported = async (node: EmulatedNode) => {
    const { text } = await callOrder(world, order, "GET", "envelopes");
    const row = envelopeExport
      .parse(JSON.parse(text))
      .value.find(({ serial }) => serial === node.serial);
    const [envelope, copy] = [parseEnvelope(row?.jwe), parseEnvelope(row?.deviceShare)];
    return {
      envelope,
      brokerShare: await recoveryKey.open(envelope),
      copied: await recoveryKey.open(copy),
    };
  };
  const shares = [shareOf(first), shareOf(second)] as const;
  expect((await exported(first)).copied).toEqual(shares[0]);
  const { envelope, brokerShare, copied } = await exported(second);
  expect(copied).toEqual(shares[1]);
  const keyWith = (share: Uint8Array) => deriveSplitKey(share, brokerShare, envelope.context);
  expect(opensWith(second.diskPath, keyWith(shares[0]))).toBe(false);
  expect(opensWith(second.diskPath, keyWith(shares[1]))).toBe(true);

  // A person mixes up the nodes when one is recovered.
  requireOk(await second.agent(["lock"]));
  rmSync(join(second.stateDir, `device-share-${envelope.context.env}.json`));
  requireOk(await second.agent(["recover"], encodeBase64url(shares[0])));
  expect((await second.agent(["unlock"])).events.at(-1)).toMatchObject({
    code: "VolumeRejectedKey",
  });
  requireOk(await second.agent(["recover"], encodeBase64url(shares[1])));
  expect(await unlockNode(second)).toMatchObject({ outcome: "unlocked" });

  requireOk(await first.agent(["rekey"]));
  const fresh = shareOf(first);
  expect(fresh).not.toEqual(shares[0]);
  expect(shareOf(second)).toEqual(shares[1]);
  expect((await exported(first)).copied).toEqual(fresh);

  // The order leaves its vault: the broker's shares get another wrapping, the nodes notice nothing.
  const newKey = await world.createVault("contosoheavynew");
  await newKey.grant(await enableIdentity(world.customerContext, order));
  const shell = await openShell(world);
  const request = `{action: {kind: "move", to: {kekUrl: "${ownKey(newKey).url}", kekVaultResourceID: "${newKey.vaultId}"}}, selector: {keyUrl: "${ownKey(oldKey).url}"}}`;
  const { exitCode, printed } = await shell.run(campaignCommands(request).join("\n"));
  expect({ exitCode, printed }).toMatchObject({ exitCode: 0 });
  await oldKey.setEnabled(false);
  for (const node of [first, second]) {
    requireOk(await node.agent(["lock"]));
    expect(await unlockNode(node)).toMatchObject({ outcome: "unlocked", kid: newKey.kid });
    expect(requireOk(await node.agent(["status"]))["details"]).toMatchObject({ custody: "split" });
  }
  expect([shareOf(first), shareOf(second)]).toEqual([fresh, shares[1]]);
  const moved = await exported(second);
  expect(moved.envelope.context).toEqual(envelope.context);
  expect(moved.copied).toEqual(shares[1]);

  for (const action of ["pickUp", "receive", "startCopy"] as const)
    await world.operator.advance(order.id, action);
  for (const node of [first, second]) {
    requireOk(await node.agent(["lock"]));
    expect(requireOk(await node.agent(["unlock", "--purpose", "ingest"]))).toMatchObject({
      outcome: "unlocked",
    });
  }
  await world.operator.advance(order.id, "complete");
  for (const node of [first, second]) {
    requireOk(await node.agent(["erase", "--serial", node.serial]));
    expect(readdirSync(node.stateDir).filter((file) => file.startsWith("device-"))).toEqual([]);
  }
  await world.operator.advance(order.id, "erase");
  expect(
    (await verifyCertificate(world, order)).stdout.match(/erased and verified at/g),
  ).toHaveLength(2);
  const search = createSearch([
    ...[...shares, fresh].map((share) => secretOf("device share", share)),
    secretOf("unlock key", keyWith(shares[1])),
  ]);
  const found = filesBelow(world.folder).filter(
    (path) => search(readFileSync(join(world.folder, path))).length > 0,
  );
  expect(found).toEqual([]);
});
