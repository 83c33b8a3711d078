import type { Transaction } from "kysely";
import * as z from "zod";

import type { KeyChoice, OrderId } from "../../src/core/order.ts";
import type {
  Failure,
  KeyCheck,
  KeySubject,
  KeyValidation,
  Outcome,
} from "../../src/core/ports.ts";
import type { AlsoCommit, KeyCustody } from "../../src/custody/key-custody.ts";
import type { Store } from "../../src/store/open-store.ts";
import type { BrokerTables } from "../../src/store/schema.ts";

const SEALED = z.object({ sealed: z.string() });
const SERVICE_KEY = "https://service.vault.localhost/keys/service/0001";

/** Custody without cryptography: the tables and the order of writes are those of the real one, the vault is a map. */
export type FakeCustody = KeyCustody & {
  /** What the vault says of a key, by URL; keys that are not here work. */
  readonly failures: Map<string, Failure>;
};

export function createFakeCustody(store: Store): FakeCustody {
  const failures = new Map<string, Failure>();

  const keyOf = async (order: OrderId): Promise<string> => {
    const row = await store
      .selectFrom("order_keys")
      .select("kek_url")
      .where("order_id", "=", order)
      .executeTakeFirstOrThrow();
    return row.kek_url ?? SERVICE_KEY;
  };
  const failureOfKey = async (order: OrderId): Promise<Failure | undefined> =>
    failures.get(await keyOf(order));
  const validate = (subject: KeySubject, choice: KeyChoice): KeyValidation => {
    const failure = failureOf(subject, choice, failures);
    return {
      checks: checksOf(failure),
      outcome:
        failure === undefined
          ? {
              ok: true,
              value: { kid: kidOf(choice) },
            }
          : { ok: false, failure },
    };
  };

  return {
    failures,
    validate: (subject, choice) => Promise.resolve(validate(subject, choice)),
    async change(subject, choice, _actor, alsoCommit) {
      const validation = validate(subject, choice);
      if (!validation.outcome.ok) return validation.outcome;
      const kid = kidOf(choice);
      await store.transaction().execute(async (transaction) => {
        await alsoCommit?.(transaction);
        await putChoice(transaction, subject.order, choice, kid);
        await transaction
          .updateTable("envelopes")
          .set({ kid })
          .where("order_id", "=", subject.order)
          .execute();
      });
      return { ok: true, value: validation };
    },
    sealOwnPasskey: (_subject, _choice, passkey) =>
      Promise.resolve({
        ok: true,
        value: JSON.stringify({ sealed: Buffer.from(passkey).toString("hex") }),
      }),
    async generate(order, serials, alsoCommit) {
      const failure = await failureOfKey(order);
      if (failure !== undefined) return { ok: false, failure };
      const kid = await keyOf(order);
      await store.transaction().execute(async (transaction) => {
        await alsoCommit?.(transaction);
        await insertEnvelopes(transaction, order, serials, kid);
      });
      return { ok: true, value: undefined };
    },
    envelope: () => Promise.resolve(undefined),
    async releaseContentKey(order) {
      const failure = await failureOfKey(order);
      return failure === undefined
        ? { ok: true, value: { contentKey: new Uint8Array(32), kid: await keyOf(order) } }
        : { ok: false, failure };
    },
    async revealPasskeys(
      order,
    ): Promise<Outcome<readonly { serial: string; passkey: Uint8Array }[]>> {
      const failure = await failureOfKey(order);
      if (failure !== undefined) return { ok: false, failure };
      const rows = await store
        .selectFrom("envelopes")
        .select(["serial", "jwe_json"])
        .where("order_id", "=", order)
        .orderBy("serial")
        .execute();
      return {
        ok: true,
        value: rows.map(({ serial, jwe_json }) => ({
          serial,
          passkey: Buffer.from(SEALED.parse(JSON.parse(jwe_json)).sealed, "hex"),
        })),
      };
    },
    async destroy(order, _actor, alsoCommit?: AlsoCommit) {
      await store.transaction().execute(async (transaction) => {
        await transaction.deleteFrom("envelopes").where("order_id", "=", order).execute();
        await transaction.deleteFrom("own_passkeys").where("order_id", "=", order).execute();
        await alsoCommit?.(transaction);
      });
    },
  };
}

function kidOf(choice: KeyChoice): string {
  return choice.kekType === "CustomerManaged" ? choice.kekUrl : SERVICE_KEY;
}

function failureOf(
  subject: KeySubject,
  choice: KeyChoice,
  failures: ReadonlyMap<string, Failure>,
): Failure | undefined {
  if (choice.kekType === "MicrosoftManaged") return undefined;
  const { identity } = choice;
  const isAttached = subject.identities.some((attached) =>
    identity.type === "SystemAssigned"
      ? attached.kind === "system"
      : attached.resourceId === identity.resourceId,
  );
  if (!isAttached)
    return identity.type === "SystemAssigned"
      ? { code: "SsemUserErrorSystemAssignedIdentityAbsent", reason: "not-enabled" }
      : { code: "SsemUserErrorUserAssignedIdentityAbsent", reason: "not-attached" };
  return failures.get(choice.kekUrl);
}

function checksOf(failure: Failure | undefined): readonly KeyCheck[] {
  return failure === undefined
    ? [
        { name: "identity", status: "passed", elapsedMs: 1 },
        { name: "key", status: "passed", elapsedMs: 1 },
      ]
    : [
        { name: "identity", status: "failed", elapsedMs: 1, failure },
        { name: "key", status: "not-reached" },
      ];
}

async function putChoice(
  transaction: Transaction<BrokerTables>,
  order: OrderId,
  choice: KeyChoice,
  kid: string,
): Promise<void> {
  const isCustomers = choice.kekType === "CustomerManaged";
  const row = {
    order_id: order,
    kek_type: choice.kekType,
    kek_url: isCustomers ? choice.kekUrl : null,
    kek_vault_resource_id: isCustomers ? choice.kekVaultResourceId : null,
    identity_type: isCustomers ? choice.identity.type : null,
    identity_resource_id:
      isCustomers && choice.identity.type === "UserAssigned" ? choice.identity.resourceId : null,
    kid,
    revision: 1,
  };
  await transaction.deleteFrom("order_keys").where("order_id", "=", order).execute();
  await transaction.insertInto("order_keys").values(row).execute();
}

async function insertEnvelopes(
  transaction: Transaction<BrokerTables>,
  order: OrderId,
  serials: readonly string[],
  kid: string,
): Promise<void> {
  const own = await transaction
    .selectFrom("own_passkeys")
    .select("envelope_json")
    .where("order_id", "=", order)
    .executeTakeFirst();
  const jwe =
    own?.envelope_json ??
    JSON.stringify({ sealed: Buffer.from("Fake-Passkey#23456789").toString("hex") });
  for (const serial of serials)
    await transaction
      .insertInto("envelopes")
      .values({
        order_id: order,
        serial,
        generation: 1,
        env: `00000000-0000-4000-8000-${serial.length.toString().padStart(12, "0")}`,
        kid,
        jwe_json: jwe,
        created_at_ms: 0,
      })
      .execute();
}
