import { randomBytes, randomInt, randomUUID } from "node:crypto";

import {
  encodeBase64url,
  importVerifyKey,
  replaceRecipients,
  sealEnvelope,
  signMessage,
} from "@databox-cmk/crypto";
import type { Envelope, SigningKey, VerifyKey } from "@databox-cmk/crypto";
import { generatePasskey, type JournalRow, MESSAGE_TYPES } from "@databox-cmk/protocol";

/**
 * The fake broker's facts about one node. The fake keeps the content key itself: it has no vault.
 */
export type FakeNode = {
  readonly order: string;
  readonly serial: string;
  env: string;
  readonly enrolmentCode: string;
  readonly passkeyOrigin: "generated" | "customer";
  /** The custody of its next envelope. */
  custody: "escrow" | "split";
  contentKey: Uint8Array;
  readonly kid: string;
  envelope: Envelope;
  generation: number;
  signedEnvelope: string;
  deviceKey: VerifyKey | undefined;
  counter: number;
  /** Rows that it delivered. */
  journal: JournalRow[];
  /** Proposed and not confirmed yet; a rotation makes it void. */
  proposal: FakeProposal | undefined;
  /** Its certificate of sanitisation, once it was erased. */
  certificate: string | undefined;
};

export type FakeProposal = {
  readonly id: string;
  readonly generation: number;
  readonly envelope: Envelope;
  readonly contentKey: Uint8Array;
  readonly signedEnvelope: string;
};

export async function createFakeNode(
  signingKey: SigningKey,
  input: {
    readonly order: string;
    readonly serial: string;
    readonly unlockKey: Uint8Array;
    readonly passkeyOrigin: "generated" | "customer";
    readonly custody: "escrow" | "split";
  },
): Promise<FakeNode> {
  const { envelope, contentKey } = await sealFresh(input, input.unlockKey);
  const node: FakeNode = {
    order: input.order,
    serial: input.serial,
    passkeyOrigin: input.passkeyOrigin,
    custody: input.custody,
    env: envelope.context.env,
    contentKey,
    kid: FAKE_KID,
    envelope,
    enrolmentCode: encodeBase64url(randomBytes(32)),
    generation: 0,
    signedEnvelope: "",
    deviceKey: undefined,
    counter: 0,
    proposal: undefined,
    certificate: undefined,
    journal: [],
  };
  await raiseGeneration(node, signingKey);
  return node;
}

const FAKE_KID = "https://fake.vault.localhost/keys/service/00000000000000000000000000000001";

async function sealFresh(
  { order, serial, custody }: Pick<FakeNode, "order" | "serial" | "custody">,
  unlockKey: Uint8Array,
): Promise<{ readonly envelope: Envelope; readonly contentKey: Uint8Array }> {
  const contentKey = new Uint8Array(randomBytes(32));
  const envelope = await sealEnvelope({
    unlockKey,
    cek: contentKey,
    context: {
      env: randomUUID(),
      ord: order,
      dev: serial,
      cus: custody === "split" ? custody : undefined,
    },
    recipients: [{ kid: FAKE_KID, encryptedKey: new Uint8Array(randomBytes(256)) }],
  });
  return { envelope, contentKey };
}

/** A passkey, or the broker's share of a key. */
export const newPlaintext = (custody: FakeNode["custody"]): Uint8Array =>
  custody === "split"
    ? new Uint8Array(randomBytes(32))
    : new TextEncoder().encode(generatePasskey(randomInt));

/** The same proposal until it is confirmed or void. */
export async function proposeRekey(node: FakeNode, signingKey: SigningKey): Promise<FakeProposal> {
  if (node.proposal?.generation === node.generation + 1) return node.proposal;
  const sealed = await sealFresh(node, newPlaintext(node.custody));
  const generation = node.generation + 1;
  const { env } = sealed.envelope.context;
  const signed = await signEnvelope({ env, envelope: sealed.envelope }, signingKey, generation);
  node.proposal = { id: randomUUID(), generation, ...sealed, signedEnvelope: signed };
  return node.proposal;
}

/** Puts the proposal in force, if it is the present one and still valid. */
export function commitRekey(node: FakeNode, id: string): void {
  const { proposal } = node;
  if (proposal?.id !== id || proposal.generation !== node.generation + 1) return;
  const { generation, envelope, contentKey, signedEnvelope } = proposal;
  Object.assign(node, { generation, envelope, contentKey, signedEnvelope });
  node.env = envelope.context.env;
  node.proposal = undefined;
}

/**
 * The effect of a re-wrap on a node: the same content key under other recipients, one generation
 * up.
 */
export async function raiseGeneration(node: FakeNode, signingKey: SigningKey): Promise<void> {
  node.generation += 1;
  node.envelope = replaceRecipients(node.envelope, [
    { kid: node.kid, encryptedKey: new Uint8Array(randomBytes(256)) },
  ]);
  node.signedEnvelope = await signEnvelope(node, signingKey, node.generation);
}

export function signEnvelope(
  { env, envelope }: Pick<FakeNode, "env" | "envelope">,
  signingKey: SigningKey,
  generation: number,
): Promise<string> {
  const jwe = envelope.toJSON();
  return signMessage(signingKey, MESSAGE_TYPES.envelope, { env, generation, jwe });
}

export function enrolDeviceKey(node: FakeNode, publicKey: unknown): boolean {
  const key = importVerifyKey(publicKey);
  if (node.deviceKey !== undefined && node.deviceKey.kid !== key.kid) return false;
  node.deviceKey = key;
  return true;
}
