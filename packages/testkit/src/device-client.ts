import { randomBytes } from "node:crypto";

import {
  encodeBase64url,
  decodeBase64url,
  generateSealingKey,
  generateSigningKey,
  importVerifyKey,
  messageHash,
  readHeader,
  signMessage,
  unlockInfo,
  verifyMessage,
  type SealingKey,
  type SigningKey,
} from "@databox-cmk/crypto";
import {
  acknowledgement,
  BROKER_ANSWER_MAX_BYTES,
  challenge,
  denial,
  DEVICE_ROUTES,
  enrolment,
  grant,
  JOSE_MEDIA_TYPE,
  MESSAGE_TYPES,
  pending,
  signedEnvelope,
  type Challenge,
  type Denial,
  type Enrolment,
  type EnrolmentRequest,
  type Grant,
  type Pending,
  type OfflineChallenge,
  type Receipt,
  type SignedEnvelope,
  type UnlockRequest,
} from "@databox-cmk/protocol";

import type { RawAnswer, Transport } from "./https-transport.ts";

/** Changes an outgoing message: its payload before it is signed, its text afterwards. */
export type Tamper<Payload> = {
  readonly payload?: (payload: Payload) => object;
  readonly type?: string;
  readonly key?: SigningKey | undefined;
  readonly text?: (text: string) => string;
};

/** The answer. `unsigned`: the broker did not sign it, and no device trusts it. */
export type DeviceAnswer<Value> =
  | { readonly kind: "answer"; readonly value: Value; readonly text: string }
  | {
      readonly kind: "denial";
      readonly value: Denial;
      readonly status: number;
      readonly text: string;
    }
  /** An approval is open: the same message must be sent again. */
  | { readonly kind: "pending"; readonly value: Pending }
  | { readonly kind: "unsigned"; readonly answer: RawAnswer };

/** The code of a denial, or the kind of another answer. */
export const codeOf = (answer: DeviceAnswer<unknown>): string =>
  answer.kind === "denial" ? answer.value.code : answer.kind;

/** A signed answer of any kind, a denial included. */
export type ExchangeAnswer = {
  readonly status: number;
  readonly typ: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly requestHash: string;
  readonly text: string;
};

const BOOT_ID = "00000000-0000-4000-8000-000000000001";
const NO_ENVELOPE = "00000000-0000-4000-8000-000000000000";

export type PreparedUnlock = {
  readonly text: string;
  readonly request: UnlockRequest;
  readonly sealingKey: SealingKey;
};

/**
 * An appliance's node in software, for tests and benches: it speaks the device protocol with real
 * keys, verifies all answers, and can be made to lie.
 */
export class DeviceClient {
  readonly key: SigningKey;
  readonly order: string;
  readonly serial: string;
  counter = 0;
  brokerKeys: readonly unknown[] = [];
  envelope: SignedEnvelope | undefined;
  /** A newer version of the device would add these to each message. */
  extensions: Readonly<Record<string, unknown>> | undefined;
  #transport: Transport;

  constructor(options: {
    readonly transport: Transport;
    readonly order: string;
    readonly serial: string;
    readonly key?: SigningKey | undefined;
  }) {
    this.#transport = options.transport;
    this.order = options.order;
    this.serial = options.serial;
    this.key = options.key ?? generateSigningKey().key;
  }

  /** The sender of the next message, with a counter that was never used. */
  next() {
    this.counter += 1;
    return { order: this.order, serial: this.serial, bootId: BOOT_ID, counter: this.counter };
  }

  /** To be called after a change of the broker or its address. */
  use(transport: Transport): void {
    this.#transport = transport;
  }

  async challenge(serial: string = this.serial): Promise<Challenge> {
    const answer = await this.#transport.send("POST", DEVICE_ROUTES.challenges, {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ serial }),
    });
    if (answer.status !== 200)
      throw new Error(`challenge: ${String(answer.status)} ${answer.text}`);
    return challenge.parse(JSON.parse(answer.text));
  }

  /**
   * Pins the broker's keys in the answer; a device trusts them because its operator gave it the
   * code.
   */
  async enrol(
    code: string,
    tamper: Tamper<EnrolmentRequest> = {},
  ): Promise<DeviceAnswer<Enrolment>> {
    const text = await this.sign(
      MESSAGE_TYPES.enrolmentRequest,
      {
        code,
        order: this.order,
        serial: this.serial,
        publicKey: this.key.publicJwk,
        suite: "X-Wing",
        bootId: BOOT_ID,
        agent: "testkit/0",
      } satisfies EnrolmentRequest,
      tamper,
    );
    const answer = await this.post(DEVICE_ROUTES.enrolments, text);
    const isFirst = this.brokerKeys.length === 0;
    if (isFirst) this.brokerKeys = keysOf(answer);
    const read = this.#read(answer, MESSAGE_TYPES.enrolment, text, enrolment);
    if (read.kind === "answer") this.keepEnvelope(read.value.envelope);
    else if (isFirst) this.brokerKeys = [];
    return read;
  }

  /**
   * An unlock request with a fresh challenge, the next counter and a one-time sealing key, ready to
   * send.
   */
  async prepareUnlock(
    purpose: UnlockRequest["purpose"],
    tamper: Tamper<UnlockRequest> = {},
    nonce?: string,
  ): Promise<PreparedUnlock> {
    const { sealingKey, ...question } = await this.#question("X-Wing", purpose);
    const request = { ...question, nonce: nonce ?? (await this.challenge()).nonce };
    const text = await this.sign(MESSAGE_TYPES.unlockRequest, request, tamper);
    return { text, request, sealingKey };
  }

  /**
   * An unlock request that a person carries, with a one-time key of the suite that fits a QR code.
   */
  async prepareChallenge(
    tamper: Tamper<OfflineChallenge> = {},
  ): Promise<Omit<PreparedUnlock, "request"> & { readonly challenge: OfflineChallenge }> {
    const { sealingKey, ...question } = await this.#question("X25519", "unlock");
    const challengeId = encodeBase64url(randomBytes(32));
    const asked: OfflineChallenge = { ...question, challengeId, opensForSeconds: 86_400 };
    const text = await this.sign(MESSAGE_TYPES.offlineChallenge, asked, tamper);
    return { text, challenge: asked, sealingKey };
  }

  /** The common members of both, and the key to which the answer is sealed. */
  async #question<Suite extends "X-Wing" | "X25519">(
    suite: Suite,
    purpose: UnlockRequest["purpose"],
  ) {
    const sealingKey = await generateSealingKey(suite);
    return {
      ...this.next(),
      env: this.envelope?.env ?? NO_ENVELOPE,
      generation: this.envelope?.generation ?? 1,
      purpose,
      hpke: { suite, publicKey: encodeBase64url(sealingKey.publicKey) },
      agent: "testkit/0",
      sealingKey,
    };
  }

  /** Reads a carried answer as any node must: by the pinned keys, for this challenge. */
  readCarried(text: string, challengeText: string): DeviceAnswer<Grant> {
    const headers = { "content-type": JOSE_MEDIA_TYPE };
    return this.#read({ status: 200, headers, text }, MESSAGE_TYPES.grant, challengeText, grant);
  }

  async sendUnlock(prepared: PreparedUnlock): Promise<DeviceAnswer<Grant>> {
    const answer = await this.post(DEVICE_ROUTES.unlocks, prepared.text);
    return this.#read(answer, MESSAGE_TYPES.grant, prepared.text, grant);
  }

  /**
   * Sends the request and opens the answer: the content key of a grant, or the other answer. The
   * caller zeroes the key.
   */
  async unlock(
    purpose: UnlockRequest["purpose"],
    tamper: Tamper<UnlockRequest> = {},
  ): Promise<{
    readonly answer: DeviceAnswer<Grant>;
    readonly contentKey: Uint8Array | undefined;
  }> {
    const prepared = await this.prepareUnlock(purpose, tamper);
    const answer = await this.sendUnlock(prepared);
    if (answer.kind !== "answer") return { answer, contentKey: undefined };
    return { answer, contentKey: await this.open(answer.value, prepared) };
  }

  async open(
    given: Grant,
    { text, sealingKey }: Omit<PreparedUnlock, "request">,
  ): Promise<Uint8Array> {
    if (given.envelope !== undefined) this.keepEnvelope(given.envelope);
    return sealingKey.open(
      {
        enc: decodeBase64url(given.sealed.enc),
        ciphertext: decodeBase64url(given.sealed.ciphertext),
      },
      unlockInfo(messageHash(text)),
    );
  }

  async receipt(
    grantText: string,
    outcome: Receipt["outcome"],
    tamper: Tamper<Receipt> = {},
  ): Promise<DeviceAnswer<{ requestHash: string }>> {
    const report: Receipt = {
      ...this.next(),
      grantHash: messageHash(grantText),
      outcome,
      code: outcome === "failed" ? "VolumeRejectedKey" : undefined,
      journalHead: messageHash("journal"),
    };
    const text = await this.sign(MESSAGE_TYPES.receipt, report, tamper);
    const answer = await this.post(DEVICE_ROUTES.receipts, text);
    return this.#read(answer, MESSAGE_TYPES.acknowledgement, text, acknowledgement);
  }

  async sign<Payload extends object>(
    type: string,
    payload: Payload,
    tamper: Tamper<Payload> = {},
  ): Promise<string> {
    const said = tamper.payload?.(payload) ?? payload;
    const own: unknown = "extensions" in said ? said.extensions : undefined;
    const text = await signMessage(
      tamper.key ?? this.key,
      tamper.type ?? type,
      this.extensions === undefined
        ? said
        : { ...said, extensions: { ...Object(own), ...this.extensions } },
    );
    return tamper.text?.(text) ?? text;
  }

  /** Any signed message of this node, and the broker's signed answer to it. */
  async exchange<Payload extends object>(
    path: string,
    type: string,
    payload: Payload,
    tamper: Tamper<Payload> = {},
  ): Promise<ExchangeAnswer> {
    return this.exchangeText(path, await this.sign(type, payload, tamper));
  }

  /** The same for a message that was signed before. */
  async exchangeText(path: string, text: string): Promise<ExchangeAnswer> {
    const answer = await this.post(path, text);
    const { typ } = readHeader(answer.text, BROKER_ANSWER_MAX_BYTES);
    const said = this.#verify(answer.text, typ);
    const requestHash = messageHash(text);
    if (said["requestHash"] !== requestHash)
      throw new Error("the answer belongs to another request");
    return { status: answer.status, typ, payload: said, requestHash, text: answer.text };
  }

  post(path: string, text: string): Promise<RawAnswer> {
    return this.#transport.send("POST", path, {
      headers: { "content-type": JOSE_MEDIA_TYPE },
      body: text,
    });
  }

  /**
   * Reads an answer to `requestText` as any device must: by the pinned keys, of this type, for this
   * request.
   */
  readDenial(answer: RawAnswer, requestText: string): Denial {
    const read = this.#read(answer, MESSAGE_TYPES.denial, requestText, denial);
    if (read.kind === "denial") return read.value;
    throw new Error(`expected a signed denial, got ${String(answer.status)} ${answer.text}`);
  }

  /**
   * @throws {Error} when the broker did not sign it, or its generation is lower than the stored one
   */
  keepEnvelope(text: string): void {
    const payload = signedEnvelope.parse(this.#verify(text, MESSAGE_TYPES.envelope));
    if (payload.generation < (this.envelope?.generation ?? 0)) throw new Error("older envelope");
    this.envelope = payload;
  }

  #read<Value extends { requestHash: string }>(
    answer: RawAnswer,
    type: string,
    requestText: string,
    schema: { parse(value: unknown): Value },
  ): DeviceAnswer<Value> {
    if (!String(answer.headers["content-type"]).startsWith(JOSE_MEDIA_TYPE))
      return { kind: "unsigned", answer };
    const { text, status } = answer;
    const { typ } = readHeader(text, BROKER_ANSWER_MAX_BYTES);
    if (typ === MESSAGE_TYPES.pending)
      return { kind: "pending", value: pending.parse(this.#verify(text, typ)) };
    const isDenial = typ === MESSAGE_TYPES.denial;
    const value = this.#verify(text, isDenial ? MESSAGE_TYPES.denial : type);
    const read = isDenial
      ? ({ kind: "denial", value: denial.parse(value), status, text } as const)
      : ({ kind: "answer", value: schema.parse(value), text } as const);
    if (read.value.requestHash !== messageHash(requestText))
      throw new Error("the answer belongs to another request");
    return read;
  }

  #verify(text: string, type: string): ReturnType<typeof verifyMessage> {
    const { kid } = readHeader(text, BROKER_ANSWER_MAX_BYTES);
    const key = this.brokerKeys.map((jwk) => importVerifyKey(jwk)).find((each) => each.kid === kid);
    if (key === undefined) throw new Error("signed by a key that is not the broker's");
    return verifyMessage(text, key, type, BROKER_ANSWER_MAX_BYTES);
  }
}

/** Keys in an enrolment answer, which only TLS and the one-time code protect. */
function keysOf(answer: RawAnswer): readonly unknown[] {
  const payload = answer.text.split(".")[1];
  if (payload === undefined) return [];
  const value: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  return typeof value === "object" && value !== null && "brokerKeys" in value
    ? enrolment.shape.brokerKeys.parse(value.brokerKeys)
    : [];
}
