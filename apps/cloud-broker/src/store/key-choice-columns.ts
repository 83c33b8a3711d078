import type { JoinBuilder } from "kysely";

import type { AttachedIdentity, KeyChoice } from "../core/order.ts";
import type { BrokerTables } from "./schema.ts";

/** Every member is null for an order whose key is not recorded yet. */
type KeyChoiceColumns = {
  readonly [
    Column in
      | "kek_type"
      | "kek_url"
      | "kek_vault_resource_id"
      | "identity_type"
      | "identity_resource_id"
  ]: string | null;
};

/** The stored columns of `order_keys` as a choice. */
export function keyChoiceOf(row: KeyChoiceColumns): KeyChoice {
  if (row.kek_type !== "CustomerManaged") return { kekType: "MicrosoftManaged" };
  return {
    kekType: "CustomerManaged",
    kekUrl: row.kek_url ?? "",
    kekVaultResourceId: row.kek_vault_resource_id ?? "",
    identity:
      row.identity_type === "UserAssigned"
        ? { type: "UserAssigned", resourceId: row.identity_resource_id ?? "" }
        : { type: "SystemAssigned" },
  };
}

/** The columns of `order_keys` for a choice. */
export function columnsOf(choice: KeyChoice) {
  if (choice.kekType === "MicrosoftManaged")
    return {
      kek_type: choice.kekType,
      kek_url: null,
      kek_vault_resource_id: null,
      identity_type: null,
      identity_resource_id: null,
    };
  return {
    kek_type: choice.kekType,
    kek_url: choice.kekUrl,
    kek_vault_resource_id: choice.kekVaultResourceId,
    identity_type: choice.identity.type,
    identity_resource_id:
      choice.identity.type === "UserAssigned" ? choice.identity.resourceId : null,
  };
}

type ChoiceTable = "order_keys" | "backup_keys";

/** Joins the order's identity that a choice of key names. */
export const ofNamedIdentity =
  (choice: ChoiceTable) => (join: JoinBuilder<BrokerTables, ChoiceTable | "order_identities">) =>
    join
      .onRef("order_identities.order_id", "=", `${choice}.order_id`)
      .on((on) =>
        on.or([
          on.and([
            on(`${choice}.identity_type`, "=", "SystemAssigned"),
            on("order_identities.kind", "=", "system"),
          ]),
          on.and([
            on(`${choice}.identity_type`, "=", "UserAssigned"),
            on("order_identities.kind", "=", "user"),
            on(
              on.fn<string>("lower", ["order_identities.resource_id"]),
              "=",
              on.fn<string>("lower", [`${choice}.identity_resource_id`]),
            ),
          ]),
        ]),
      );

/** `namedIdentity` reads these of the joined identity. */
export const NAMED_IDENTITY = [
  "order_identities.kind as identity_kind",
  "order_identities.resource_id as identity_id",
  "order_identities.tenant_id",
  "order_identities.client_id",
  "order_identities.principal_id",
] as const;

/** The identity that a choice of key names; none if it is not attached. */
export function namedIdentity(row: {
  readonly [
    Column in "identity_kind" | "identity_id" | "tenant_id" | "client_id" | "principal_id"
  ]: string | null;
}): readonly AttachedIdentity[] {
  const { identity_id: resourceId } = row;
  if (resourceId === null) return [];
  const kind = row.identity_kind === "user" ? "user" : "system";
  const [tenantId, clientId] = [row.tenant_id ?? "", row.client_id ?? ""];
  return [{ kind, resourceId, tenantId, clientId, principalId: row.principal_id ?? "" }];
}
