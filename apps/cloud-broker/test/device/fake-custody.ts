import { randomBytes, randomUUID } from "node:crypto";

import { sealEnvelope } from "@databox-cmk/crypto";

import type { OrderId } from "../../src/core/order.ts";
import type { Failure } from "../../src/core/ports.ts";
import type { NodeEnvelope } from "../../src/custody/node-envelope.ts";
import type { DeviceCustody } from "../../src/release/message/device-dependencies.ts";

/**
 * Real envelopes and content keys in memory; its vault can refuse or fail, and counts what it was
 * asked.
 */
export class FakeCustody implements DeviceCustody {
  /** Replaces the vault's answer; undefined: it unwraps. */
  failure: Failure | undefined;
  vaultCalls = 0;
  readonly kid = "https://fake.vault.localhost:8443/keys/key/0123456789abcdef0123456789abcdef";
  readonly #nodes = new Map<string, { envelope: NodeEnvelope; contentKey: Uint8Array }>();

  async seal(order: OrderId, serial: string, unlockKey: string): Promise<void> {
    const env = randomUUID();
    const contentKey = randomBytes(32);
    const jwe = await sealEnvelope({
      unlockKey: Buffer.from(unlockKey),
      cek: contentKey,
      context: { env, ord: order, dev: serial },
      recipients: [{ kid: this.kid, encryptedKey: randomBytes(256) }],
    });
    const envelope = { order, serial, env, generation: 1, jwe: jwe.toJSON(), kid: this.kid };
    this.#nodes.set(`${order} ${serial}`, { envelope, contentKey });
  }

  rewrap(order: OrderId, serial: string): void {
    const node = this.#nodes.get(`${order} ${serial}`);
    if (node !== undefined)
      node.envelope = { ...node.envelope, generation: node.envelope.generation + 1 };
  }

  erase(order: OrderId, serial: string): void {
    this.#nodes.delete(`${order} ${serial}`);
  }

  envelope: DeviceCustody["envelope"] = (order, serial) =>
    Promise.resolve(this.#nodes.get(`${order} ${serial}`)?.envelope);

  /** Its nodes have one passkey each; rekeying is tested with the real custody. */
  proposeRekey: DeviceCustody["proposeRekey"] = () =>
    Promise.resolve({ ok: false, failure: { code: "SsemUserErrorSecretsNotGenerated" } });

  commitRekey: DeviceCustody["commitRekey"] = () => Promise.resolve(false);

  releaseContentKey: DeviceCustody["releaseContentKey"] = (order, serial) => {
    this.vaultCalls += 1;
    const node = this.#nodes.get(`${order} ${serial}`);
    if (this.failure !== undefined) return Promise.resolve({ ok: false, failure: this.failure });
    if (node === undefined)
      return Promise.resolve({ ok: false, failure: { code: "SsemUserErrorSecretsNotGenerated" } });
    return Promise.resolve({
      ok: true,
      value: {
        contentKey: Uint8Array.from(node.contentKey),
        kid: this.kid,
        vaultRequestId: "11111111-1111-4111-8111-111111111111",
      },
    });
  };
}
