import {
  asciiLowerCase,
  isSameIdentifier,
  type KeyEncryptionKeyPatch,
} from "@databox-cmk/protocol";

import { failed, refusing } from "./failed.ts";
import type { KeyChoice } from "./order.ts";
import type { Outcome } from "./ports.ts";
import type { Effects } from "./rule-changes.ts";

const TARGET = "properties.details.keyEncryptionKey";
const invalid = refusing("InvalidRequestContent", TARGET);
type KeyIdentityChoice = Extract<KeyChoice, { kekType: "CustomerManaged" }>["identity"];

/**
 * The key choice after a write. Members that were not sent stay as they are; a first
 * customer-managed key without `identityProperties` uses the system-assigned identity, as Data Box
 * fills in.
 *
 * @param current - undefined for a new order.
 */
export function decideKeyChoice(
  current: KeyChoice | undefined,
  patch: KeyEncryptionKeyPatch,
  allowRevertToMicrosoftManaged: boolean,
): Outcome<KeyChoice> {
  const kekType = patch.kekType ?? current?.kekType ?? "MicrosoftManaged";
  if (kekType === "MicrosoftManaged") {
    const stray = (["kekUrl", "kekVaultResourceID", "identityProperties"] as const).find(
      (member) => patch[member] !== undefined,
    );
    if (stray !== undefined) return invalid(stray, "only with kekType CustomerManaged");
    if (current?.kekType === "CustomerManaged" && !allowRevertToMicrosoftManaged)
      return failed({ code: "KeyEncryptionKeyRevertForbidden", target: `${TARGET}.kekType` });
    return { ok: true, value: { kekType } };
  }
  const before = current?.kekType === "CustomerManaged" ? current : undefined;
  const kekUrl = patch.kekUrl ?? before?.kekUrl;
  if (kekUrl === undefined) return invalid("kekUrl", "expected the URL of a key");
  const kekVaultResourceId = patch.kekVaultResourceID ?? before?.kekVaultResourceId;
  if (kekVaultResourceId === undefined)
    return invalid("kekVaultResourceID", "expected the resource id of the key vault");
  const identity = decideIdentity(before?.identity, patch.identityProperties);
  if (!identity.ok) return identity;
  return { ok: true, value: { kekType, kekUrl, kekVaultResourceId, identity: identity.value } };
}

/** Same key, vault and identity: nothing to re-wrap. */
export function isSameKeyChoice(one: KeyChoice, other: KeyChoice): boolean {
  if (one.kekType === "MicrosoftManaged" || other.kekType === "MicrosoftManaged")
    return one.kekType === other.kekType;
  return (
    one.kekUrl === other.kekUrl &&
    isSameIdentifier(one.kekVaultResourceId, other.kekVaultResourceId) &&
    one.identity.type === other.identity.type &&
    resourceIdOf(one.identity) === resourceIdOf(other.identity)
  );
}

/**
 * The custody that a new choice gives away. An administrator of a vault can unwrap by its keys, so
 * another vault is another custodian; another key or version of the same vault is not.
 */
export function compareKeys(before: KeyChoice, after: KeyChoice): Effects {
  if (before.kekType === "MicrosoftManaged") return {};
  if (after.kekType === "MicrosoftManaged")
    return { "kekType (CustomerManaged to MicrosoftManaged)": "looser" };
  const [from, to] = [new URL(before.kekUrl).host, new URL(after.kekUrl).host];
  return from === to ? {} : { [`kekUrl (vault ${from} to ${to})`]: "other" };
}

function decideIdentity(
  before: KeyIdentityChoice | undefined,
  patch: KeyEncryptionKeyPatch["identityProperties"],
): Outcome<KeyIdentityChoice> {
  const resourceId = patch?.userAssigned?.resourceId;
  const type =
    patch?.type ??
    (resourceId === undefined ? undefined : "UserAssigned") ??
    before?.type ??
    "SystemAssigned";
  if (type === "SystemAssigned")
    return resourceId === undefined
      ? { ok: true, value: { type } }
      : invalid("identityProperties.userAssigned.resourceId", "only with type UserAssigned");
  const id = resourceId ?? (before?.type === "UserAssigned" ? before.resourceId : undefined);
  return id === undefined
    ? invalid(
        "identityProperties.userAssigned.resourceId",
        "expected the resource id of an identity",
      )
    : { ok: true, value: { type, resourceId: id } };
}

function resourceIdOf(identity: KeyIdentityChoice): string {
  return identity.type === "UserAssigned" ? asciiLowerCase(identity.resourceId) : "";
}
