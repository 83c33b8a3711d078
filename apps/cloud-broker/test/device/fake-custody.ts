import { randomBytes, randomUUID } from "node:crypto";

import { sealEnvelope } from "@databox-cmk/crypto";

import type { OrderId } from "../../src/core/order.ts";
import type { Failure, Outcome } from "../../src/core/ports.ts";
import type { NodeEnvelopes } from "../../src/custody/key-custody.ts";
import type { NodeEnvelope } from "../../src/custody/node-envelope.ts";

/**
 * Real envelopes and content keys in memory; its vault can refuse or fail, and counts what it was
 * asked.
 */
export class FakeCustody implements NodeEnvelopes {
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
    const envelope = {
      order,
      serial,
      env,
      generation: 1,
      jwe: jwe.toJSON(),
      kid: this.kid,
      custody: "escrow",
    } as const;
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

  hold: NodeEnvelopes["hold"] = (order, serial) => {
    const node = this.#nodes.get(`${order} ${serial}`);
    if (node === undefined) return Promise.resolve(NOT_GENERATED);
    const { kid, unwrap } = this;
    return Promise.resolve({
      ok: true,
      value: {
        envelope: node.envelope,
        async release(use) {
          const unwrapped = await unwrap(order, serial);
          if (!unwrapped.ok) return unwrapped;
          const by = { kid, vaultRequestId: "11111111-1111-4111-8111-111111111111" };
          return { ok: true, value: { ...by, result: await use(unwrapped.value, by) } };
        },
      },
    });
  };

  /** Its nodes have one passkey each; rekeying is tested with the real custody. */
  proposeRekey: NodeEnvelopes["proposeRekey"] = () => Promise.resolve(NOT_GENERATED);

  /** The vault's part of a release. */
  unwrap = (order: OrderId, serial: string): Promise<Outcome<Uint8Array>> => {
    this.vaultCalls += 1;
    const node = this.#nodes.get(`${order} ${serial}`);
    if (this.failure !== undefined) return Promise.resolve({ ok: false, failure: this.failure });
    if (node === undefined) return Promise.resolve(NOT_GENERATED);
    return Promise.resolve({ ok: true, value: Uint8Array.from(node.contentKey) });
  };
}

const NOT_GENERATED: Outcome<never> = {
  ok: false,
  failure: { code: "SsemUserErrorSecretsNotGenerated" },
};
