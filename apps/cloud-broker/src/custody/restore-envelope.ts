import { randomUUID } from "node:crypto";

import {
  CryptoError,
  type Envelope,
  importVerifyKey,
  parseEnvelope,
  type PublicJwk,
  readHeader,
  verifyMessage,
} from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { MESSAGE_TYPES, parseWith, signedEnvelope } from "@databox-cmk/protocol";

import type { AppendAudit } from "../audit/append-audit.ts";
import { record } from "../audit/record.ts";
import { decideRestoredEnvelope } from "../core/decide-restored-envelope.ts";
import { keyAddressOf, parseKeyUrl } from "../core/key-url.ts";
import { type EpochMs, type KeyUrl, foldOrderId, type OrderId } from "../core/order.ts";
import type { Clock } from "../core/ports.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import { bindRevision } from "./bind-revision.ts";
import { noteGeneratedPasskey } from "./commit-rekey.ts";
import { loadCurrentKey } from "./current-key.ts";

type Dependencies = {
  readonly store: Store;
  readonly appendAudit: AppendAudit;
  readonly now: Clock;
  /** The broker's present and former signing keys. */
  readonly ownKeys: readonly PublicJwk[];
  readonly serviceKey: KeyUrl;
  readonly keyVaultSuffixes: readonly string[];
  /** Ends the preparation of an order whose nodes are all prepared. */
  readonly markPrepared: (
    transaction: StoreTransaction,
    order: OrderId,
    nowMs: EpochMs,
  ) => Promise<void>;
};

export type Restoration = {
  readonly order: string;
  readonly serial: string;
  /** undefined: nothing was missing. */
  readonly generation: number | undefined;
};

/**
 * Puts a node's own envelope back in force, in a database that was restored from an older backup:
 * only the node knows a re-wrap or a rekeying that came after the backup. This broker signed the
 * envelope, so the node cannot have made it; and it opens nothing without the vault.
 *
 * @param jws - the node's envelope.jws
 * @throws {AppError} Misuse that says why it is refused; RewrapConflict when the order's key was
 * changed at the same time
 */
export async function restoreEnvelope(jws: string, deps: Dependencies): Promise<Restoration> {
  const { generation, envelope } = readOwnEnvelope(jws, deps.ownKeys);
  const { ord, dev: serial, env } = envelope.context;
  const order = foldOrderId(ord);
  const context = { actor: { kind: "broker" }, correlationId: randomUUID() } as const;
  let restored: number | undefined;
  const erasures = (await deps.store.restoreRecord?.listErasures(deps.now(), 0)) ?? [];
  const wasErased = erasures.some((erasure) => foldOrderId(erasure.order) === order);
  await record(deps, { chain: order, action: "envelope/restore", context }, async (transaction) => {
    const current = await loadCurrentKey(transaction, order);
    const history = await transaction
      .selectFrom("envelopes")
      .select(["env", "generation"])
      .where("order_id", "=", order)
      .where("serial", "=", serial)
      .orderBy("generation")
      .execute();
    const last = history.pop();
    if (current === undefined || last === undefined)
      throw misuse(`the database has no envelope of node ${serial} of ${order}`);
    const decision = decideRestoredEnvelope({ env, generation }, [...history, last]);
    if (decision.kind === "nothing-missing") return undefined;
    // The order was maybe placed again since, under the same name.
    if (decision.isUnknown && wasErased)
      throw misuse("the keys of this order were destroyed, as the restore record says");
    const { choice, revision } = current;
    const kid = kidOfKey(
      envelope,
      choice.kekType === "MicrosoftManaged" ? undefined : choice.kekUrl,
      deps,
    );
    await bindRevision(transaction, order, revision);
    await transaction
      .insertInto("envelopes")
      .values({
        order_id: order,
        serial,
        generation: decision.generation,
        env,
        kid,
        jwe_json: JSON.stringify(envelope.toJSON()),
        created_at_ms: deps.now(),
      })
      .execute();
    // Its volume exists, also if the order was placed and prepared again after the restore.
    await transaction
      .updateTable("nodes")
      .set((node) => ({ prepared_at_ms: node.fn.coalesce("prepared_at_ms", node.val(deps.now())) }))
      .where("order_id", "=", order)
      .where("serial", "=", serial)
      .execute();
    await deps.markPrepared(transaction, order, deps.now());
    if (decision.isUnknown) await noteGeneratedPasskey(transaction, order, serial);
    restored = decision.generation;
    return { serial, kid, detail: { env, generation: restored, toldGeneration: generation } };
  });
  return { order, serial, generation: restored };
}

function readOwnEnvelope(jws: string, ownKeys: readonly PublicJwk[]) {
  try {
    const { kid } = readHeader(jws);
    const key = ownKeys.map((jwk) => importVerifyKey(jwk)).find((own) => own.kid === kid);
    if (key === undefined) throw misuse("the envelope was not signed by a key of this broker");
    const parsed = parseWith(signedEnvelope, verifyMessage(jws, key, MESSAGE_TYPES.envelope));
    if (!parsed.ok) throw misuse(parsed.detail);
    const { env, generation, jwe } = parsed.value;
    const envelope = parseEnvelope(jwe);
    if (envelope.context.env !== env) throw misuse("env: not that of the envelope itself");
    return { generation, envelope };
  } catch (error) {
    if (error instanceof CryptoError)
      throw misuse(`not an envelope of this broker: ${error.message}`);
    throw error;
  }
}

/**
 * The recipient of the order's key, of any version: an address from an envelope is only compared,
 * never called.
 */
function kidOfKey(
  { recipients }: Envelope,
  kekUrl: string | undefined,
  { serviceKey, keyVaultSuffixes }: Pick<Dependencies, "serviceKey" | "keyVaultSuffixes">,
): string {
  const addressOf = (url: string) => {
    const parsed = parseKeyUrl(url, keyVaultSuffixes);
    return parsed.ok ? keyAddressOf(parsed.value) : undefined;
  };
  const address = kekUrl === undefined ? keyAddressOf(serviceKey) : addressOf(kekUrl);
  const kid = recipients.find((recipient) => addressOf(recipient.kid) === address)?.kid;
  if (kid !== undefined) return kid;
  const named = recipients.map((recipient) => recipient.kid).join(", ");
  throw misuse(
    `the envelope is wrapped to ${named}, and the order's key is ${address ?? "unknown"}; the order's owner must first choose the envelope's key again`,
  );
}

function misuse(detail: string): AppError {
  return new AppError("Misuse", { detail });
}
