import {
  isSameIdentifier,
  type JobResource,
  type KeyEncryptionKeyPatch,
  type KeyEncryptionKeyView,
} from "@databox-cmk/protocol";

/** A key in the form in which the panel chooses it. */
export type ChosenKey = {
  readonly vaultId: string;
  readonly vaultName: string;
  readonly vaultUri: string;
  readonly keyName: string;
  readonly version: string;
};

export type ChosenIdentity =
  | { readonly type: "SystemAssigned" }
  | { readonly type: "UserAssigned"; readonly resourceId: string };

/** The full URL of a chosen key version. */
export function keyUrlOf({ vaultUri, keyName, version }: ChosenKey): string {
  return new URL(`/keys/${keyName}/${version}`, vaultUri).href;
}

/** A key and its identity in the form of the API. */
export const renderKey = (key: ChosenKey, identity: ChosenIdentity) => ({
  kekUrl: keyUrlOf(key),
  kekVaultResourceID: key.vaultId,
  identityProperties:
    identity.type === "SystemAssigned"
      ? { type: identity.type }
      : { type: identity.type, userAssigned: { resourceId: identity.resourceId } },
});

/** The current key, as far as its URL and vault id show it. */
export function chosenKeyOf(kek: KeyEncryptionKeyView): ChosenKey | undefined {
  if (kek.kekUrl === undefined || kek.kekVaultResourceID === undefined) return undefined;
  const url = URL.parse(kek.kekUrl);
  if (url === null) return undefined;
  const [, , keyName = "", version = ""] = url.pathname.split("/");
  return {
    vaultId: kek.kekVaultResourceID,
    vaultName: kek.kekVaultResourceID.split("/").at(-1) ?? "",
    vaultUri: url.origin,
    keyName,
    version,
  };
}

/** Whether a choice is the one in force, so that saving it changes nothing. */
export function isCurrent(
  kek: KeyEncryptionKeyView,
  key: ChosenKey,
  identity: ChosenIdentity,
): boolean {
  const current = chosenKeyOf(kek);
  const user = chosenIdentityOf(kek) ?? { type: "SystemAssigned" };
  if (current === undefined) return false;
  const isSameKey = isSameIdentifier(keyUrlOf(current), keyUrlOf(key));
  if (!isSameKey || user.type !== identity.type) return false;
  return user.type === "SystemAssigned" || identity.type === "SystemAssigned"
    ? true
    : isSameIdentifier(user.resourceId, identity.resourceId);
}

export function chosenIdentityOf(kek: KeyEncryptionKeyView): ChosenIdentity | undefined {
  const { identityProperties } = kek;
  if (identityProperties === undefined) return undefined;
  if (identityProperties.type === "SystemAssigned") return { type: "SystemAssigned" };
  const resourceId = identityProperties.userAssigned?.resourceId;
  return resourceId === undefined ? undefined : { type: "UserAssigned", resourceId };
}

/** The request that makes a key and its identity current, also used for the preflight. */
export type KeyChange = {
  readonly identity?: {
    readonly type: string;
    readonly userAssignedIdentities?: Readonly<Record<string, Readonly<Record<string, never>>>>;
  };
  readonly properties: { readonly details: { readonly keyEncryptionKey: KeyEncryptionKeyPatch } };
};

/**
 * A user-assigned identity is attached in the same change; the order's other identities stay. The
 * system-assigned one must exist before: it is a new principal without rights.
 */
export function decideKeyChange(
  identity: JobResource["identity"],
  key: ChosenKey,
  chosen: ChosenIdentity,
): KeyChange {
  const keyEncryptionKey = { kekType: "CustomerManaged" as const, ...renderKey(key, chosen) };
  const properties = { details: { keyEncryptionKey } };
  if (chosen.type === "SystemAssigned" || isAttached(identity, chosen.resourceId))
    return { properties };
  return {
    identity: {
      type: hasSystemIdentity(identity) ? "SystemAssigned,UserAssigned" : "UserAssigned",
      userAssignedIdentities: { [chosen.resourceId]: {} },
    },
    properties,
  };
}

/** The first of the two changes that a system-assigned identity needs: it creates the principal. */
export function decideSystemIdentity(identity: JobResource["identity"]): {
  readonly identity: { readonly type: string };
} {
  const hasUsers = Object.keys(identity.userAssignedIdentities ?? {}).length > 0;
  return { identity: { type: hasUsers ? "SystemAssigned,UserAssigned" : "SystemAssigned" } };
}

/** Takes every identity from the order: the system-assigned one is deleted with its principal. */
export const NO_IDENTITY = { identity: { type: "None" } } as const;

export function hasSystemIdentity(identity: JobResource["identity"]): boolean {
  return identity.type.startsWith("SystemAssigned");
}

/**
 * The principal that needs rights on the key; `undefined` when the order does not have that
 * identity yet.
 */
export function principalOf(
  identity: JobResource["identity"],
  chosen: ChosenIdentity,
): string | undefined {
  if (chosen.type === "SystemAssigned") return identity.principalId;
  return Object.entries(identity.userAssignedIdentities ?? {}).find(([id]) =>
    isSameIdentifier(id, chosen.resourceId),
  )?.[1].principalId;
}

/** Whether the order has this user-assigned identity; the key may name one that was removed. */
export function isAttached(identity: JobResource["identity"], resourceId: string): boolean {
  return Object.keys(identity.userAssignedIdentities ?? {}).some((id) =>
    isSameIdentifier(id, resourceId),
  );
}
