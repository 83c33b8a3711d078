import { isSameIdentifier } from "@databox-cmk/protocol";

import type { CustomerChoice } from "../core/backup-key.ts";
import { failed } from "../core/failed.ts";
import { parseKeyUrl } from "../core/key-url.ts";
import type { AttachedIdentity, KeyChoice, KeyIdentity, KeyUrl, OrderId } from "../core/order.ts";
import type { Outcome } from "../core/ports.ts";

/** A key, the identity that uses it, and the facts that explain why it cannot be used. */
export type UsableKey = {
  readonly order: OrderId;
  readonly location: string;
  readonly owner: "customer" | "service";
  readonly identity: KeyIdentity;
  readonly key: KeyUrl;
  /** Resource id of the customer's vault, as written. */
  readonly vaultResourceId?: string;
  /** Resource id of the user-assigned identity. */
  readonly identityId?: string | undefined;
};

/** To find the key that an order names, and whether its vault may be called. */
export type KnownKeys = {
  /** The service's own key (MMK). Without version: the newest at the time of wrapping. */
  readonly serviceKey: KeyUrl;
  /** Hosts that may be called (config KEY_VAULT_SUFFIXES). */
  readonly keyVaultSuffixes: readonly string[];
};

/** An order and its region. */
export type OrderLocation = Pick<UsableKey, "order" | "location">;

/** The key that a choice names, with the identity that may use it. */
export function usableKeyOf(
  { serviceKey, keyVaultSuffixes }: KnownKeys,
  { order, location }: OrderLocation,
  identities: readonly AttachedIdentity[],
  choice: KeyChoice,
): Outcome<UsableKey> {
  if (choice.kekType === "MicrosoftManaged") {
    const identity = { kind: "broker" } as const;
    return { ok: true, value: { order, location, owner: "service", identity, key: serviceKey } };
  }
  const at = { order, location };
  return customerKeyOf(keyVaultSuffixes, at, identities, choice);
}

/** The customer's key that a choice names, with the identity that may use it. */
export function customerKeyOf(
  suffixes: readonly string[],
  at: OrderLocation,
  identities: readonly AttachedIdentity[],
  choice: CustomerChoice,
): Outcome<UsableKey> {
  const key = parseKeyUrl(choice.kekUrl, suffixes);
  if (!key.ok) return key;
  const identity = identityOf(at.order, identities, choice.identity);
  if (!identity.ok) return identity;
  const vaultResourceId = choice.kekVaultResourceId;
  return {
    ok: true,
    value: {
      ...at,
      owner: "customer",
      identity: identity.value,
      key: key.value,
      vaultResourceId,
      identityId: choice.identity.type === "UserAssigned" ? choice.identity.resourceId : undefined,
    },
  };
}

/** The attached identity that the choice names; an order never uses another's identity. */
export function identityOf(
  order: OrderId,
  identities: readonly AttachedIdentity[],
  wanted: CustomerChoice["identity"],
): Outcome<KeyIdentity> {
  const found = identities.find(({ kind, resourceId }) =>
    wanted.type === "SystemAssigned"
      ? kind === "system"
      : kind === "user" && isSameIdentifier(resourceId, wanted.resourceId),
  );
  if (found !== undefined) {
    const { kind: attachment, tenantId, clientId, principalId } = found;
    return {
      ok: true,
      value: { kind: "order", order, attachment, tenantId, clientId, principalId },
    };
  }
  return wanted.type === "SystemAssigned"
    ? failed({
        code: "SsemUserErrorSystemAssignedIdentityAbsent",
        reason: "not-enabled",
        target: "identity",
      })
    : failed({
        code: "SsemUserErrorUserAssignedIdentityAbsent",
        reason: "not-attached",
        target: "identity",
        facts: { identityId: wanted.resourceId },
      });
}

/**
 * The version that an envelope names, after checking that it belongs to the current key: an
 * address from an envelope is only compared, never called.
 */
export function atVersion(
  usable: UsableKey,
  kid: string,
  suffixes: readonly string[],
): Outcome<UsableKey> {
  const named = parseKeyUrl(kid, suffixes);
  const same =
    named.ok &&
    named.value.version !== undefined &&
    named.value.vaultUrl === usable.key.vaultUrl &&
    isSameIdentifier(named.value.keyName, usable.key.keyName);
  return same
    ? { ok: true, value: { ...usable, key: named.value } }
    : failed({
        code: "PasskeyUnavailable",
        detail: "the envelope names another key than the order",
      });
}
