import {
  decodeBase64url,
  encodeBase64url,
  generateSealingKey,
  messageHash,
  openEnvelope,
  parseEnvelope,
  rekeyInfo,
} from "@databox-cmk/crypto";
import {
  DEVICE_ROUTES,
  MESSAGE_TYPES,
  type RekeyConfirmation,
  rekeyProposal,
  type RekeyRequest,
  signedEnvelope,
  type SignedEnvelope,
} from "@databox-cmk/protocol";

import type { ExchangeAnswer } from "./device-client.ts";
import { LeaseClient } from "./lease-client.ts";

export type Proposal = {
  readonly rekey: string;
  readonly envelope: SignedEnvelope;
  readonly currentPasskey: string;
  readonly proposedPasskey: string;
};

/** A node that is unlocked, as an agent's `rekey` speaks. */
export class RekeyClient {
  readonly holder: LeaseClient;

  constructor(holder: LeaseClient) {
    this.holder = holder;
  }

  static async unlock(device: LeaseClient["device"]): Promise<RekeyClient> {
    return new RekeyClient(await LeaseClient.unlock(device));
  }

  async ask(
    change: Partial<RekeyRequest> = {},
  ): Promise<
    ExchangeAnswer & { readonly sealingKey: Awaited<ReturnType<typeof generateSealingKey>> }
  > {
    const { device, lease } = this.holder;
    const sealingKey = await generateSealingKey("X-Wing");
    const answer = await device.exchange(DEVICE_ROUTES.rekeys, MESSAGE_TYPES.rekeyRequest, {
      lease: lease.id,
      sequence: lease.sequence,
      ...device.next(),
      env: device.envelope?.env ?? "",
      hpke: { suite: "X-Wing", publicKey: encodeBase64url(sealingKey.publicKey) },
      ...change,
    } satisfies RekeyRequest);
    return { ...answer, sealingKey };
  }

  /** Sends the request, and opens the answer: both envelopes with their own content keys. */
  async propose(): Promise<Proposal> {
    const { device } = this.holder;
    const current = device.envelope;
    if (current === undefined) throw new Error("no envelope");
    const { payload, requestHash, sealingKey } = await this.ask();
    const { rekey, sealed, envelope } = rekeyProposal.parse(payload);
    const both = await sealingKey.open(
      { enc: decodeBase64url(sealed.enc), ciphertext: decodeBase64url(sealed.ciphertext) },
      rekeyInfo(requestHash),
    );
    const proposed = readEnvelope(envelope);
    return {
      rekey,
      envelope: proposed,
      currentPasskey: await this.#open(current, both.subarray(0, 32)),
      proposedPasskey: await this.#open(proposed, both.subarray(32)),
    };
  }

  async confirm(rekey: string): Promise<SignedEnvelope> {
    const { device } = this.holder;
    const confirmation: RekeyConfirmation = {
      rekey,
      ...device.next(),
      journalHead: messageHash("journal"),
    };
    const { payload } = await device.exchange(
      DEVICE_ROUTES.rekeyConfirmations,
      MESSAGE_TYPES.rekeyConfirmation,
      confirmation,
    );
    const text = String(payload["envelope"]);
    device.keepEnvelope(text);
    return readEnvelope(text);
  }

  /** A share of split custody as text, too. */
  async #open({ env, jwe }: SignedEnvelope, contentKey: Uint8Array): Promise<string> {
    const { order: ord, serial: dev } = this.holder.device;
    const envelope = parseEnvelope(jwe);
    const { cus } = envelope.context;
    const passkey = await openEnvelope(envelope, contentKey, { env, ord, dev, cus });
    return new TextDecoder().decode(passkey);
  }
}

/** Payload of a signed envelope; the device client has checked the signature of the stored one. */
function readEnvelope(text: string): SignedEnvelope {
  const payload = Buffer.from(text.split(".")[1] ?? "", "base64url").toString("utf8");
  return signedEnvelope.parse(JSON.parse(payload));
}
