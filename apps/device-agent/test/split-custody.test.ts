import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import {
  decodeBase64url,
  deriveSplitKey,
  encodeBase64url,
  type Envelope,
  generateSigningKey,
  messageHash,
  openEnvelope,
  parseEnvelope,
  sealEnvelope,
  signMessage,
} from "@databox-cmk/crypto";
import { DEVICE_ROUTES, JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

import { DEFAULT_PCRS } from "../src/core/tpm-key.ts";
import { createBrokerKeysKeeper } from "../src/daemon/broker-keys-keeper.ts";
import type { NodeState } from "../src/daemon/daemon.ts";
import { connect } from "../src/node/connect.ts";
import { openNode } from "../src/node/hold-node.ts";
import { withJournal } from "../src/node/journaled-node.ts";
import { openBrokerSession } from "../src/node/open-node.ts";
import { createStateStore, openStateFolder, type StateStore } from "../src/state/state-folder.ts";
import { openVolume } from "../src/volume/choose-volume.ts";
import { SYSTEM_FOLDERS } from "../src/volume/luks2/find-cryptsetup.ts";
import {
  createAgentWorld,
  createPreparedWorld,
  KINDS,
  nodeOf,
  seen,
  SERIAL,
} from "./agent-world.ts";
import type { AgentWorld } from "./agent-world.ts";
import { createOwner } from "./owner-key.ts";
import { HAS_TPM, measureSomethingElse, startSwtpm } from "./start-swtpm.ts";

const owner = createOwner();
const recoveryKeys = [owner.jwk];
const unlocked = { exit: 0, outcome: "unlocked" };

const rekey = (world: AgentWorld, recoveryKeyNames?: readonly string[], custody?: "split") =>
  world.run({ command: "rekey", recoveryKeys: recoveryKeyNames, custody });
/** A dishonest broker makes its proposals itself. */
async function forgeProposal(world: AgentWorld, change: { env?: string; cus?: "split" }) {
  const node = nodeOf(world);
  const contentKey = new Uint8Array(randomBytes(32));
  const context = { ...node.envelope.context, cus: undefined, ...change };
  const envelope = await sealEnvelope({
    unlockKey: new Uint8Array(randomBytes(32)),
    cek: contentKey,
    context,
    recipients: [{ kid: node.kid, encryptedKey: new Uint8Array(randomBytes(256)) }],
  });
  const generation = node.generation + 1;
  const signedEnvelope = await signMessage(world.broker.signingKey, MESSAGE_TYPES.envelope, {
    env: context.env,
    generation,
    jwe: envelope.toJSON(),
  });
  return { id: randomUUID(), generation, envelope, contentKey, signedEnvelope };
}
const doctor = (world: AgentWorld) => world.run({ command: "doctor" });
const volumeOf = (world: AgentWorld) =>
  openVolume({ kind: "file", path: world.diskPath }, SERIAL, SYSTEM_FOLDERS);
const sharesOf = (world: AgentWorld) =>
  readdirSync(world.stateDir).filter((name) => name.startsWith("device-share-"));
/** All that a broker ever has of the key. */
const brokerShareOf = ({ envelope, contentKey }: { envelope: Envelope; contentKey: Uint8Array }) =>
  openEnvelope(envelope, contentKey, envelope.context);
const recover = (world: AgentWorld, share: Uint8Array) =>
  world.run(
    { command: "recover" },
    { readSecret: () => Promise.resolve(new TextEncoder().encode(encodeBase64url(share))) },
  );

describe.each(KINDS)("split custody with a $volumeKind volume", ({ volumeKind, skip }) => {
  test.skipIf(skip)(
    "unlocks, locks, and is rekeyed; each envelope has a share of its own",
    async () => {
      await using world = await createPreparedWorld({ volumeKind, custody: "split", recoveryKeys });
      expect(seen(await world.unlock())).toMatchObject(unlocked);
      expect(await world.status()).toMatchObject({
        details: {
          custody: "split",
          share: "in a file",
          shareCopiedFor: owner.kid,
        },
      });
      const [first] = sharesOf(world);
      expect(await rekey(world)).toMatchObject({ outcome: "rekeyed", generation: 2 });
      expect(await world.status()).toMatchObject({
        details: { shareCopiedFor: owner.kid },
      });
      expect(sharesOf(world)).toEqual([`device-share-${nodeOf(world).env}.json`]);
      expect(sharesOf(world)).not.toContain(first);
      await world.lock();
      expect(seen(await world.unlock())).toMatchObject(unlocked);
    },
  );

  test.skipIf(skip)("an appliance in escrow changes to split custody by a re-key", async () => {
    await using world = await createPreparedWorld({ volumeKind });
    await world.unlock();
    const passkey = await brokerShareOf(nodeOf(world));
    nodeOf(world).custody = "split";
    expect(await rekey(world)).toMatchObject({ outcome: "rekeyed" });
    await world.lock();
    expect(seen(await world.unlock())).toMatchObject(unlocked);
    await world.lock();
    const kind = { kind: volumeKind, path: world.diskPath } as const;
    const { slots } = openVolume(kind, SERIAL, SYSTEM_FOLDERS);
    for (const slot of await slots.list()) expect(await slots.opens(slot, passkey)).toBe(false);
  });
});

// Evidence: A broker that opens the appliance.
test("what a broker has does not open the volume; with the node's share it does", async () => {
  await using world = await createPreparedWorld({ custody: "split" });
  const node = nodeOf(world);
  const broker = await brokerShareOf(node);
  const { slots } = volumeOf(world);
  const [slot = 0] = await slots.list();
  const text = new TextEncoder().encode(encodeBase64url(broker));
  for (const key of [broker, text, node.contentKey])
    expect(await slots.opens(slot, key)).toBe(false);
  const [file = ""] = sharesOf(world);
  const kept = JSON.parse(readFileSync(join(world.stateDir, file), "utf8")) as { share: string };
  const share = decodeBase64url(kept.share);
  const { env } = node.envelope.context;
  for (const context of [
    { env, ord: node.order, dev: "DBX-OTHER" },
    { env, ord: `${node.order}2`, dev: SERIAL },
    { env: "00000000-0000-4000-8000-000000000000", ord: node.order, dev: SERIAL },
  ])
    expect(await slots.opens(slot, deriveSplitKey(share, broker, context))).toBe(false);
  const context = { env, ord: node.order, dev: SERIAL };
  expect(await slots.opens(slot, deriveSplitKey(share, broker, context))).toBe(true);
});

// Evidence: A broker that opens the appliance.
test("neither share, nor the key, is in a message, an event or the journal", async () => {
  const sent: string[] = [];
  await using world = await createAgentWorld({ custody: "split", recoveryKeys });
  world.broker.intercept = ({ request, answer }) => {
    sent.push(
      ...request.split("."),
      Buffer.from(request.split(".")[1] ?? "", "base64url").toString(),
    );
    return answer;
  };
  const events = [
    await world.prepare(),
    await world.unlock(),
    await rekey(world),
    await world.lock(),
  ];
  const [file = ""] = sharesOf(world);
  const { share } = JSON.parse(readFileSync(join(world.stateDir, file), "utf8")) as {
    share: string;
  };
  const journal = readFileSync(join(world.stateDir, "journal.jsonl"), "utf8");
  const everything = [...sent, journal, JSON.stringify(events)].join("\n");
  expect(events.map(({ outcome }) => outcome)).toEqual([
    "prepared",
    "unlocked",
    "rekeyed",
    "locked",
  ]);
  const raw = Buffer.from(share, "base64url");
  for (const form of [share, raw.toString("base64"), raw.toString("hex")])
    expect(everything).not.toContain(form);
});

test("has no passkey: none is asked for, and none is tried", async () => {
  await using world = await createPreparedWorld({ custody: "split" });
  const asked: string[] = [];
  const readSecret = (what: string) => {
    asked.push(what);
    return Promise.resolve(new Uint8Array(1));
  };
  expect(seen(await world.run({ command: "passkey" }, { readSecret }))).toMatchObject({
    exit: 3,
    code: "PasskeyNotInEscrow",
  });
  expect(asked).toEqual([]);
});

/**
 * The broker tells the node new keys, and an envelope.
 *
 * @param when - what another process changes before the daemon asks, and while it waits
 * @returns what became of it
 */
async function tellKeys(
  world: AgentWorld,
  cus: "split" | undefined,
  when: { readonly rekeyedTo?: string; readonly meanwhile?: (store: StateStore) => void } = {},
): Promise<{ readonly error: unknown; readonly isKept: boolean }> {
  const { broker } = world;
  const { env: ownEnv, order } = nodeOf(world);
  const { rekeyedTo: env = ownEnv, meanwhile } = when;
  const folder = openStateFolder(world.stateDir);
  const [settings, stored] = [folder.readSettings(), folder.readState()];
  if (settings === undefined || stored === undefined) throw new Error("not prepared");
  const { signedEnvelope } = await forgeProposal(world, { env, ...(cus && { cus }) });
  broker.intercept = async ({ request }) => ({
    status: 200,
    headers: { "content-type": JOSE_MEDIA_TYPE },
    body: await signMessage(broker.signingKey, MESSAGE_TYPES.brokerKeys, {
      requestHash: messageHash(request),
      order,
      serial: SERIAL,
      brokerKeys: [broker.signingKey.publicJwk, generateSigningKey().key.publicJwk],
      envelope: signedEnvelope,
    }),
  });
  using transport = connect(settings.connection);
  const node = withJournal(openNode(folder, settings, stored), world.dependencies);
  const { store } = node;
  const stop = new AbortController().signal;
  let error: unknown;
  const state: NodeState = {
    read: () => store.current,
    async change(work) {
      meanwhile?.(store);
      try {
        return await work(store);
      } catch (caught) {
        error = caught;
        throw caught;
      }
    },
    runAlone: (command) => command(),
  };
  const session = openBrokerSession(node, transport, stop);
  if (when.rekeyedTo !== undefined) {
    folder.writeEnvelope((await forgeProposal(world, { env, ...(cus && { cus }) })).signedEnvelope);
    store.update({ env });
  }
  const daemon = { session: () => session, folder, settings, state, journal: () => node.journal };
  await createBrokerKeysKeeper(daemon, () => undefined).keep(stop);
  broker.intercept = undefined;
  return { error, isKept: folder.readEnvelope() === signedEnvelope };
}

/** Another process learns of a re-wrap. */
const raiseGeneration = (store: StateStore) => {
  store.update({ generation: store.current.generation + 2 });
};

describe("downgrades", () => {
  // Evidence: A downgrade to escrow.
  test("a re-key to escrow is refused, and the volume is unchanged", async () => {
    await using world = await createPreparedWorld({ custody: "split" });
    await world.unlock();
    const slots = await volumeOf(world).slots.list();
    nodeOf(world).custody = "escrow";
    expect(seen(await rekey(world))).toMatchObject({ code: "EnvelopeRejected" });
    expect(await volumeOf(world).slots.list()).toEqual(slots);
    await world.lock();
    expect(seen(await world.unlock())).toMatchObject(unlocked);
  });

  // Evidence: A downgrade to escrow.
  test("an envelope of escrow that confirms a re-key in split custody is refused, and both slots stay", async () => {
    await using world = await createPreparedWorld({ custody: "split" });
    await world.unlock();
    world.broker.intercept = async ({ path, answer }) => {
      const { proposal } = nodeOf(world);
      if (path === DEVICE_ROUTES.rekeys && proposal !== undefined) {
        const { env } = proposal.envelope.context;
        const { signedEnvelope } = await forgeProposal(world, { env });
        nodeOf(world).proposal = { ...proposal, signedEnvelope };
      }
      return answer;
    };
    expect(seen(await rekey(world))).toMatchObject({ code: "EnvelopeRejected" });
    expect(await volumeOf(world).slots.list()).toHaveLength(2);
    expect(await world.status()).toMatchObject({ details: { custody: "split" } });
  });

  // Evidence: A downgrade to escrow.
  test("an envelope of split custody that confirms a re-key in escrow is refused", async () => {
    await using world = await createPreparedWorld();
    await world.unlock();
    world.broker.intercept = async ({ path, answer }) => {
      const { proposal } = nodeOf(world);
      if (path === DEVICE_ROUTES.rekeys && proposal !== undefined) {
        const { env } = proposal.envelope.context;
        const { signedEnvelope } = await forgeProposal(world, { env, cus: "split" });
        nodeOf(world).proposal = { ...proposal, signedEnvelope };
      }
      return answer;
    };
    expect(seen(await rekey(world))).toMatchObject({ code: "EnvelopeRejected" });
    expect(await volumeOf(world).slots.list()).toHaveLength(2);
  });

  // Evidence: A re-key that keeps the share.
  test("a proposal with the identity of the current envelope, whose share would stay, is refused", async () => {
    await using world = await createPreparedWorld({ custody: "split" });
    await world.unlock();
    nodeOf(world).proposal = await forgeProposal(world, { cus: "split" });
    expect(seen(await rekey(world))).toMatchObject({ code: "EnvelopeRejected" });
    expect(await volumeOf(world).slots.list()).toHaveLength(1);
    nodeOf(world).proposal = undefined;
    expect(await rekey(world)).toMatchObject({ outcome: "rekeyed" });
  });

  test.each([
    ["brings no envelope of escrow to a node in split custody", "split", undefined],
    ["brings no envelope of split custody to a node in escrow", "escrow", "split"],
    // Evidence: A downgrade to escrow.
  ] as const)("an answer about the broker's keys %s", async (_, custody, cus) => {
    await using world = await createPreparedWorld({ custody });
    expect(await tellKeys(world, cus)).toMatchObject({
      error: { code: "EnvelopeRejected" },
      isKept: false,
    });
    expect(await world.run({ command: "journal", verify: false, last: 1 })).toMatchObject({
      rows: [{ event: "broker-keys-rejected", facts: { code: "EnvelopeRejected" } }],
    });
    expect(seen(await world.unlock())).toMatchObject(unlocked);
  });

  test("an answer about the broker's keys does not replace a newer envelope", async () => {
    await using world = await createPreparedWorld({ custody: "split" });
    expect(await tellKeys(world, "split")).toEqual({ error: undefined, isKept: true });
    await using other = await createPreparedWorld({ custody: "split" });
    expect(await tellKeys(other, "split", { meanwhile: raiseGeneration })).toEqual({
      error: undefined,
      isKept: false,
    });
  });

  test("an answer about the broker's keys after a re-key beside the daemon is kept", async () => {
    await using world = await createPreparedWorld();
    expect(await tellKeys(world, undefined, { rekeyedTo: randomUUID() })).toEqual({
      error: undefined,
      isKept: true,
    });
  });

  describe.each([
    { given: { custody: "split" }, option: "--custody split" },
    { given: { recoveryKeys: [owner.kid] }, option: "--recovery-keys" },
  ] as const)("$option", ({ given }) => {
    const refused = { code: "EnvelopeRejected", reason: "escrow" };

    // Evidence: A downgrade to escrow.
    test("refuses to prepare a node in escrow, and formats nothing", async () => {
      await using world = await createAgentWorld({ recoveryKeys });
      expect(seen(await world.prepare(given))).toMatchObject(refused);
      expect(readdirSync(world.folder)).not.toContain("disk.img");
      expect(await world.prepare()).toMatchObject({ details: { custody: "escrow" } });
      expect(seen(await world.prepare(given))).toMatchObject(refused);
    });

    // Evidence: A downgrade to escrow.
    test("refuses a re-key that stays in escrow, and the volume is unchanged", async () => {
      await using world = await createPreparedWorld({ recoveryKeys });
      await world.unlock();
      const ask = () => world.run({ command: "rekey", ...given });
      const before = readFileSync(world.diskPath);
      expect(seen(await ask())).toMatchObject(refused);
      expect(readFileSync(world.diskPath)).toEqual(before);
      expect(await world.status()).toMatchObject({ details: { custody: "escrow" } });
      Object.assign(nodeOf(world), { custody: "split", proposal: undefined });
      expect(await ask()).toMatchObject({ outcome: "rekeyed", details: { custody: "split" } });
    });

    // Evidence: A downgrade to escrow.
    test("is not met by finishing an interrupted re-key in escrow", async () => {
      await using world = await createPreparedWorld({ recoveryKeys });
      await world.unlock();
      world.broker.intercept = ({ path, answer }) =>
        path === DEVICE_ROUTES.rekeyConfirmations ? (response) => response.destroy() : answer;
      await rekey(world);
      world.broker.intercept = undefined;
      nodeOf(world).custody = "split";
      const ended = await world.run({ command: "rekey", ...given });
      expect(ended).toMatchObject({
        outcome: "rekeyed",
        generation: 3,
        details: { custody: "split" },
      });
      expect(await volumeOf(world).slots.list()).toHaveLength(1);
    });
  });

  test("every command says the custody of this node", async () => {
    await using world = await createPreparedWorld();
    await world.unlock();
    expect(await rekey(world)).toMatchObject({ details: { custody: "escrow" } });
    nodeOf(world).custody = "split";
    expect(await rekey(world)).toMatchObject({ details: { custody: "split" } });
    expect(await world.prepare()).toMatchObject({ details: { custody: "split" } });
    rmSync(join(world.stateDir, "envelope.jws"));
    expect(await world.status()).toMatchObject({ details: { custody: "split" } });
  });
});

describe("a broker that names a recovery key of its own", () => {
  const attacker = createOwner();
  const unconfirmed = { exit: 3, code: "RecoveryKeyUnconfirmed" };
  const kept = { details: { shareCopiedFor: owner.kid } };

  // Evidence: A recovery key of the broker's own.
  test("gets no copy at a re-key, beside the owner's key or in its place", async () => {
    await using world = await createPreparedWorld({ custody: "split", recoveryKeys });
    await world.unlock();
    const shares = sharesOf(world);
    for (const named of [[attacker.jwk], [owner.jwk, attacker.jwk]]) {
      world.broker.extensions = { recoveryKeys: named };
      expect(seen(await rekey(world))).toMatchObject(unconfirmed);
    }
    expect(sharesOf(world)).toEqual(shares);
    expect(await world.status()).toMatchObject(kept);
    expect(await volumeOf(world).slots.list()).toHaveLength(1);
    world.broker.extensions = { recoveryKeys };
    expect(await rekey(world)).toMatchObject({ outcome: "rekeyed" });
  });

  // Evidence: A recovery key of the broker's own.
  test("gets none where the owner has accepted that there is no recovery key", async () => {
    await using world = await createPreparedWorld({ custody: "split" });
    await world.unlock();
    world.broker.extensions = { recoveryKeys: [attacker.jwk] };
    expect(seen(await rekey(world))).toMatchObject(unconfirmed);
    expect(await world.status()).toMatchObject({ details: { shareCopiedFor: "no recovery key" } });
  });

  // Evidence: A recovery key of the broker's own.
  test("gets none at the preparation of a node that was given the owner's keys", async () => {
    await using world = await createAgentWorld({ custody: "split", recoveryKeys });
    const given = { recoveryKeys: [owner.kid] };
    for (const named of [[attacker.jwk], [owner.jwk, attacker.jwk], undefined]) {
      world.broker.extensions = named && { recoveryKeys: named };
      expect(seen(await world.prepare(given))).toMatchObject(unconfirmed);
    }
    expect(readdirSync(world.folder)).not.toContain("disk.img");
    world.broker.extensions = { recoveryKeys };
    expect(await world.prepare(given)).toMatchObject({ outcome: "prepared" });
    expect(await world.status()).toMatchObject(kept);
  });

  test("does not keep the owner from replacing a recovery key, which they name at the node", async () => {
    await using world = await createPreparedWorld({ custody: "split", recoveryKeys });
    await world.unlock();
    const successor = createOwner();
    world.broker.extensions = { recoveryKeys: [successor.jwk] };
    expect(seen(await rekey(world, [owner.kid]))).toMatchObject(unconfirmed);
    expect(await rekey(world, [successor.kid])).toMatchObject({ outcome: "rekeyed" });
    expect(await world.status()).toMatchObject({ details: { shareCopiedFor: successor.kid } });
    // It is known from now on, and the earlier one is not.
    expect(await rekey(world)).toMatchObject({ outcome: "rekeyed" });
    world.broker.extensions = { recoveryKeys };
    expect(seen(await rekey(world))).toMatchObject(unconfirmed);
    // Nor after a re-key without any.
    world.broker.extensions = undefined;
    expect(await rekey(world, [])).toMatchObject({ outcome: "rekeyed" });
    world.broker.extensions = { recoveryKeys };
    expect(seen(await rekey(world))).toMatchObject(unconfirmed);
  });

  // Evidence: A recovery key of the broker's own.
  test("may not leave out the owner's key either, which would end the recovery", async () => {
    await using world = await createPreparedWorld({ custody: "split", recoveryKeys });
    await world.unlock();
    world.broker.extensions = undefined;
    expect(seen(await rekey(world))).toMatchObject(unconfirmed);
    expect(await world.status()).toMatchObject(kept);
  });

  test("is found by the same command on a node that was prepared without the owner's keys", async () => {
    await using world = await createAgentWorld({ custody: "split", recoveryKeys: [attacker.jwk] });
    await world.prepare();
    const reason = { ...unconfirmed, reason: "prepare" };
    expect(seen(await world.prepare({ recoveryKeys: [owner.kid] }))).toMatchObject(reason);
    expect(await world.prepare({ recoveryKeys: [attacker.kid] })).toMatchObject({
      outcome: "prepared",
    });
  });

  // Evidence: A recovery key of the broker's own.
  test("gets none after the device was replaced", async () => {
    await using world = await createPreparedWorld({ custody: "split", recoveryKeys });
    const share = owner.open(world.broker.receipts.at(-1)?.extensions?.["deviceShare"]);
    Object.assign(nodeOf(world), { deviceKey: undefined, counter: 0 });
    rmSync(world.stateDir, { recursive: true });
    world.broker.extensions = { recoveryKeys: [attacker.jwk] };
    expect(await world.prepare({ keepVolume: true })).toMatchObject({ outcome: "prepared" });
    await recover(world, share);
    expect(seen(await world.unlock())).toMatchObject(unlocked);
    expect(seen(await rekey(world))).toMatchObject(unconfirmed);
    world.broker.extensions = { recoveryKeys };
    expect(await rekey(world, [owner.kid])).toMatchObject({ outcome: "rekeyed" });
  });
});

const hashOf = (copy: unknown) => createHash("sha256").update(JSON.stringify(copy)).digest("hex");

/**
 * The broker makes a new envelope current, and its answer is lost.
 *
 * @returns the copy of the new share, as the broker has it
 */
async function interruptRekey(world: AgentWorld): Promise<unknown> {
  const copies: unknown[] = [];
  world.broker.intercept = ({ path, request, answer }) => {
    if (path !== DEVICE_ROUTES.rekeyConfirmations) return answer;
    copies.push(copyIn(request));
    return (response) => response.destroy();
  };
  await rekey(world);
  world.broker.intercept = undefined;
  expect(copies).toHaveLength(1);
  return copies[0];
}

/** An earlier agent's state of an interrupted re-key: without the mark of its custody. */
function removeMark(world: AgentWorld): void {
  const folder = openStateFolder(world.stateDir);
  const stored = folder.readState();
  if (stored?.rekey?.split === undefined) throw new Error("no re-key with a mark");
  const { split: _split, ...unmarked } = stored.rekey;
  createStateStore(folder, stored).update({ rekey: unmarked });
}

describe("recovery", () => {
  // Evidence: A copy of the share that was swapped.
  test("a preparation that is repeated reports the same copy, which the broker may have", async () => {
    await using world = await createAgentWorld({ custody: "split", recoveryKeys });
    const sent: unknown[] = [];
    world.broker.intercept = ({ path, request, answer }) => {
      if (path !== DEVICE_ROUTES.receipts) return answer;
      sent.push(copyIn(request));
      return sent.length > 1 ? answer : (response) => response.destroy();
    };
    expect(await world.prepare()).not.toMatchObject({ outcome: "prepared" });
    expect(await world.prepare()).toMatchObject({ outcome: "prepared" });
    expect(sent.map(hashOf)).toEqual([hashOf(sent[0]), hashOf(sent[0])]);
    expect(await world.status()).toMatchObject({ details: { shareCopyHash: hashOf(sent[0]) } });
  });

  test.each([
    { agent: "this agent", isMarked: true },
    { agent: "an agent without the mark of its custody", isMarked: false },
  ])("a re-key by $agent whose new share is lost keeps both keys of the volume", async (begun) => {
    await using world = await createPreparedWorld({ custody: "split", recoveryKeys });
    await world.unlock();
    const before = sharesOf(world);
    const copy = await interruptRekey(world);
    if (!begun.isMarked) removeMark(world);
    for (const file of sharesOf(world))
      if (!before.includes(file)) rmSync(join(world.stateDir, file));
    expect(seen(await rekey(world))).toMatchObject({ code: "DeviceShareMissing" });
    expect(await volumeOf(world).slots.list()).toHaveLength(2);
    expect(sharesOf(world)).toEqual(before);

    // The owner's copy of the new share finishes it, also after another node's share was given.
    const share = owner.open(copy);
    expect(await recover(world, new Uint8Array(32).fill(7))).toMatchObject({
      outcome: "recovered",
    });
    expect(await rekey(world)).toMatchObject({ outcome: "rekeyed" });
    await world.lock();
    expect(seen(await world.unlock())).toMatchObject({ code: "VolumeRejectedKey" });
    expect(await recover(world, share)).toMatchObject({ outcome: "recovered" });
    expect(seen(await world.unlock())).toMatchObject(unlocked);
  });

  test("a re-key that an agent without the mark of its custody began is finished", async () => {
    await using world = await createPreparedWorld({ custody: "split", recoveryKeys });
    await world.unlock();
    await interruptRekey(world);
    removeMark(world);
    expect(await rekey(world)).toMatchObject({ outcome: "rekeyed" });
  });

  test("a re-key that finishes an interrupted one says that its copy is for other keys", async () => {
    await using world = await createPreparedWorld({ custody: "split", recoveryKeys });
    await world.unlock();
    await interruptRekey(world);
    const successor = createOwner();
    world.broker.extensions = { recoveryKeys: [successor.jwk] };
    expect(seen(await rekey(world, [successor.kid]))).toMatchObject({
      code: "RecoveryKeyUnconfirmed",
      reason: "interrupted",
    });
    expect(await rekey(world, [successor.kid])).toMatchObject({ outcome: "rekeyed" });
    expect(await world.status()).toMatchObject({ details: { shareCopiedFor: successor.kid } });
  });

  // Evidence: A copy of the share that was swapped.
  test("the node tells the hash of the copy that it sent, so that a copy that was swapped shows", async () => {
    await using world = await createPreparedWorld({ custody: "split", recoveryKeys });
    const prepared = hashOf(world.broker.receipts.at(-1)?.extensions?.["deviceShare"]);
    expect(await world.status()).toMatchObject({ details: { shareCopyHash: prepared } });
    await world.unlock();
    const sent: string[] = [];
    world.broker.intercept = ({ path, request, answer }) => {
      if (path === DEVICE_ROUTES.rekeyConfirmations) sent.push(hashOf(copyIn(request)));
      return answer;
    };
    await rekey(world);
    expect(await world.status()).toMatchObject({ details: { shareCopyHash: sent[0] } });
    const journal = readFileSync(join(world.stateDir, "journal.jsonl"), "utf8");
    for (const hash of [prepared, ...sent]) expect(journal).toContain(`"copy":"${hash}"`);
  });

  // Evidence: A copy of the share that was swapped.
  test("a share of another node, or of a copy that was swapped, opens nothing and can be replaced", async () => {
    await using world = await createPreparedWorld({ custody: "split", recoveryKeys });
    const share = owner.open(world.broker.receipts.at(-1)?.extensions?.["deviceShare"]);
    for (const file of sharesOf(world)) rmSync(join(world.stateDir, file));
    expect(await recover(world, new Uint8Array(32).fill(7))).toMatchObject({
      outcome: "recovered",
    });
    expect(seen(await world.unlock())).toMatchObject({ code: "VolumeRejectedKey" });
    expect(await recover(world, share)).toMatchObject({ outcome: "recovered" });
    expect(seen(await world.unlock())).toMatchObject(unlocked);
    // It has opened the volume: from now on it stays.
    expect(seen(await recover(world, new Uint8Array(32)))).toMatchObject({ code: "Misuse" });
  });

  test("the owner opens the copy, and the node opens its volume again and is rekeyed", async () => {
    await using world = await createPreparedWorld({ custody: "split", recoveryKeys });
    const copy = world.broker.receipts.at(-1)?.extensions?.["deviceShare"];
    const { ord, dev, cus, env } = parseEnvelope(copy).context;
    expect({ ord, dev, cus, env }).toEqual({
      ord: world.broker.order,
      dev: SERIAL,
      cus: "split-device",
      env: nodeOf(world).env,
    });
    for (const file of sharesOf(world)) rmSync(join(world.stateDir, file));
    expect(seen(await world.unlock())).toMatchObject({ code: "DeviceShareMissing" });
    expect(await doctor(world)).toMatchObject({ code: "DeviceShareMissing" });
    expect(await world.status()).toMatchObject({
      details: { share: expect.stringContaining("databox-agent recover") as string },
    });
    const share = owner.open(copy);
    expect(await recover(world, share)).toMatchObject({ event: "recover", outcome: "recovered" });
    expect(await recover(world, share)).toMatchObject({ outcome: "recovered" }); // Safe to repeat.
    expect(await doctor(world)).toMatchObject({
      checks: expect.arrayContaining([
        expect.objectContaining({ name: "share", found: `in a file, copied for ${owner.kid}` }),
      ]) as unknown,
    });
    expect(seen(await world.unlock())).toMatchObject(unlocked);
    expect(await rekey(world)).toMatchObject({ outcome: "rekeyed" });
    await world.lock();
    expect(seen(await world.unlock())).toMatchObject(unlocked);
  });

  test("a present share is not overwritten, and a wrong length is refused", async () => {
    await using world = await createPreparedWorld({ custody: "split", recoveryKeys });
    expect(seen(await recover(world, new Uint8Array(32)))).toMatchObject({ code: "Misuse" });
    expect(seen(await recover(world, new Uint8Array(31)))).toMatchObject({ code: "Misuse" });
    expect(seen(await world.unlock())).toMatchObject(unlocked);
  });

  test("a node in escrow needs no share", async () => {
    await using world = await createPreparedWorld();
    expect(seen(await recover(world, new Uint8Array(32)))).toMatchObject({ code: "Misuse" });
  });

  test("a re-key reports the copy of the new share", async () => {
    await using world = await createPreparedWorld({ custody: "split", recoveryKeys });
    await world.unlock();
    const copies: unknown[] = [];
    world.broker.intercept = ({ path, request, answer }) => {
      if (path.endsWith("/confirmations")) copies.push(copyIn(request));
      return answer;
    };
    await rekey(world);
    const { env } = nodeOf(world);
    expect(copies.map((copy) => parseEnvelope(copy).context.env)).toEqual([env]);
    const [file = ""] = sharesOf(world);
    const kept = JSON.parse(readFileSync(join(world.stateDir, file), "utf8")) as { share: string };
    expect(encodeBase64url(owner.open(copies[0]))).toBe(kept.share);
  });
});

function copyIn(request: string): unknown {
  const payload = Buffer.from(request.split(".")[1] ?? "", "base64url").toString();
  const { extensions } = JSON.parse(payload) as { extensions: Record<string, unknown> };
  return extensions["deviceShare"];
}

test("without network, the answer that a person carries holds the broker's share", async () => {
  await using world = await createPreparedWorld({ custody: "split" });
  const challenge = await world.run({
    command: "challenge",
    out: undefined,
    qr: false,
    fresh: false,
  });
  if (!("carried" in challenge)) throw new Error("no challenge");
  const answer = await world.broker.answerChallenge(challenge.carried.text);
  const respond = { command: "respond", file: undefined } as const;
  const opened = await world.run(respond, { readStandardInput: () => Promise.resolve(answer) });
  expect(seen(opened)).toMatchObject(unlocked);
});

describe.skipIf(!HAS_TPM)("a share that the TPM seals", () => {
  test("opens the volume, and is nowhere on the disk", async () => {
    await using tpm = await startSwtpm();
    await using world = await createAgentWorld({ custody: "split", recoveryKeys });
    const { tcti } = tpm;
    const deviceKey = { kind: "tpm", tcti, pcrs: DEFAULT_PCRS } as const;
    expect(seen(await world.prepare({ deviceKey }))).toMatchObject({ outcome: "prepared" });
    expect(seen(await world.unlock())).toMatchObject(unlocked);
    expect(await rekey(world)).toMatchObject({ outcome: "rekeyed" });
    await world.lock();
    expect(seen(await world.unlock())).toMatchObject(unlocked);
    const [file = ""] = sharesOf(world);
    const kept = readFileSync(join(world.stateDir, file), "utf8");
    expect(JSON.parse(kept)).toMatchObject({ kept: "tpm", tcti, pcrs: DEFAULT_PCRS });
    expect(kept).not.toContain('"share"');
    expect(await world.status()).toMatchObject({
      details: {
        share: "sealed by the TPM",
        shareCopiedFor: owner.kid,
      },
    });
  });

  test("after a firmware update a new device key and the recovery key open the volume", async () => {
    await using tpm = await startSwtpm();
    await using world = await createAgentWorld({ custody: "split", recoveryKeys });
    const deviceKey = { kind: "tpm", tcti: tpm.tcti, pcrs: "sha256:7" } as const;
    await world.prepare({ deviceKey });
    const copy = world.broker.receipts.at(-1)?.extensions?.["deviceShare"];
    measureSomethingElse(tpm, 7);
    expect(seen(await world.unlock())).toMatchObject({ code: "BootStateChanged" });
    Object.assign(nodeOf(world), { deviceKey: undefined, counter: 0 }); // A replaced device.
    renameSync(world.stateDir, `${world.stateDir}.replaced`);
    const again = await world.prepare({ deviceKey, keepVolume: true });
    expect(again).toMatchObject({ outcome: "prepared" });
    expect(seen(await world.unlock())).toMatchObject({ code: "DeviceShareMissing" });
    await recover(world, owner.open(copy));
    expect(seen(await world.unlock())).toMatchObject(unlocked);
    expect(await rekey(world, [owner.kid])).toMatchObject({ outcome: "rekeyed" });
    expect(await world.status()).toMatchObject({ details: { share: "sealed by the TPM" } });
  });
});
