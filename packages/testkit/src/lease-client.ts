import { messageHash } from "@databox-cmk/crypto";
import {
  type LeaseRenewal,
  leasePath,
  type LeaseReceipt,
  type LeaseWatch,
  MESSAGE_TYPES,
  renewedLease,
  type Lease,
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
  watch(): Promise<ExchangeAnswer> {
    return this.#send("leaseEvents", MESSAGE_TYPES.leaseWatch, {
      ...this.#holder(),
      sequence: this.lease.sequence,
      watch: true,
    } satisfies LeaseWatch);
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
