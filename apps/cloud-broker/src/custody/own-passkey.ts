import { type Envelope, parseEnvelope } from "@databox-cmk/crypto";

import type { KeyChoice, OrderId } from "../core/order.ts";
import type { KeySubject, Outcome } from "../core/ports.ts";
import type { Store } from "../store/store.ts";
import type { UnwrapDependencies } from "./release-content-key.ts";
import { NO_NODE_YET, sealForNode } from "./seal-passkey.ts";
import { usableKeyOf } from "./usable-key.ts";

/** The customer's own passkey between order and preparation. */
export type OwnPasskey = {
  readonly envelope: Envelope;
  readonly kid: string;
  /** The stored text: used for the compare-and-swap of its re-wrapping. */
  readonly json: string;
};

export async function loadOwnPasskey(
  store: Store,
  order: OrderId,
): Promise<OwnPasskey | undefined> {
  const row = await store
    .selectFrom("own_passkeys")
    .select("envelope_json")
    .where("order_id", "=", order)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const envelope = parseEnvelope(row.envelope_json);
  const [recipient] = envelope.recipients;
  if (recipient === undefined) throw new Error("a stored passkey without recipient");
  return { envelope, kid: recipient.kid, json: row.envelope_json };
}

/** @returns the envelope's JSON, wrapped to the newest version that the choice names */
export async function sealOwnPasskey(
  deps: UnwrapDependencies,
  subject: KeySubject,
  choice: KeyChoice,
  passkey: Uint8Array,
): Promise<Outcome<string>> {
  const usable = usableKeyOf(deps, subject, subject.identities, choice);
  if (!usable.ok) return usable;
  const key = await deps.reader.readUsable(usable.value);
  if (!key.ok) return key;
  // The order is not placed yet, so it has no backup keys.
  const keys = { usable: usable.value, kid: key.value.kid, backups: [] };
  const sealed = await sealForNode(deps, keys, NO_NODE_YET, {
    plaintext: passkey,
    cus: undefined,
  });
  return sealed.ok ? { ok: true, value: JSON.stringify(sealed.value.toJSON()) } : sealed;
}
