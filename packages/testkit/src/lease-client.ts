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
  leasePath,
  MESSAGE_TYPES,
  rekeyProposal,
  renewedLease,
  signedEnvelope,
} from "@databox-cmk/protocol";
import type {
  Lease,
  LeaseReceipt,
  LeaseRenewal,
  LeaseWatch,
  RekeyConfirmation,
  RekeyRequest,
  SignedEnvelope,
} from "@databox-cmk/protocol";

import type { DeviceClient, ExchangeAnswer } from "./device-client.ts";

/**
 * The holder of a lease, as an agent's daemon speaks; `lease` is what it holds and may be set back.
 */
export class LeaseClient {
  readonly device: DeviceClient;
  lease: Lease;

  constructor(device: DeviceClient, lease: Lease) {
    this.device = device;
    this.lease = lease;
  }

  /** Unlocks a delivered device. */
  static async unlock(device: DeviceClient): Promise<LeaseClient> {
    const { answer } = await device.unlock("unlock");
    if (answer.kind !== "answer") throw new Error(JSON.stringify(answer));
    return new LeaseClient(device, answer.value.lease);
  }

  async renew(change: Partial<LeaseRenewal> = {}): Promise<ExchangeAnswer> {
    const answer = await this.#send("renewals", MESSAGE_TYPES.leaseRenewal, {
      ...this.#holder(),
      sequence: this.lease.sequence,
      state: "unlocked",
      journalHead: messageHash("journal"),
      ...change,
    } satisfies LeaseRenewal);
    if (answer.typ === MESSAGE_TYPES.lease) this.lease = renewedLease.parse(answer.payload).lease;
    return answer;
  }

  /** Waits for news of the lease. */
  async watch(change: Partial<LeaseWatch> = {}): Promise<ExchangeAnswer> {
    const answer = await this.#send("leaseEvents", MESSAGE_TYPES.leaseWatch, {
      ...this.#holder(),
      sequence: this.lease.sequence,
      watch: true,
      ...change,
    } satisfies LeaseWatch);
    if (answer.typ === MESSAGE_TYPES.lease) this.lease = renewedLease.parse(answer.payload).lease;
    return answer;
  }

  receipt(change: Partial<LeaseReceipt>): Promise<ExchangeAnswer> {
    return this.#send("leaseReceipts", MESSAGE_TYPES.leaseReceipt, {
      ...this.#holder(),
      outcome: "relocked",
      journalHead: messageHash("journal"),
      ...change,
    } satisfies LeaseReceipt);
  }

  #holder() {
    return { lease: this.lease.id, ...this.device.next() };
  }

  #send(
    route: "renewals" | "leaseReceipts" | "leaseEvents",
    type: string,
    payload: object,
  ): Promise<ExchangeAnswer> {
    return this.device.exchange(leasePath(route, this.lease.id), type, payload);
  }
}

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
