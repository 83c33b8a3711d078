import { recoveryLevel } from "../../core/key-vault/recovery-level.ts";
import type { Key, KeyVersion, Vault } from "../../core/model.ts";
import type { Endpoints } from "../../dependencies.ts";

export const VAULT_KEY_TYPE = "Microsoft.KeyVault/vaults/keys";

/** A key, shown by its newest version, or one version of it. */
export function renderVaultKey(
  vault: Vault,
  key: Key,
  version: KeyVersion,
  endpoints: Endpoints,
  shownAs: "key" | "version",
): object {
  const id = `${vault.id}/keys/${key.name}`;
  const keyUri = `https://${vault.name}.${endpoints.vaultSuffix}/keys/${key.name}`;
  const { jwk } = version;
  return {
    id: shownAs === "key" ? id : `${id}/versions/${version.version}`,
    name: shownAs === "key" ? key.name : version.version,
    type: shownAs === "key" ? VAULT_KEY_TYPE : `${VAULT_KEY_TYPE}/versions`,
    location: vault.location,
    tags: version.tags,
    properties: {
      attributes: {
        enabled: version.enabled,
        nbf: version.notBeforeSeconds,
        exp: version.expiresSeconds,
        created: Math.floor(version.createdAtMs / 1_000),
        updated: Math.floor(version.updatedAtMs / 1_000),
        recoveryLevel: recoveryLevel(vault),
        exportable: version.exportable,
      },
      kty: jwk.kty,
      keyOps: version.keyOperations,
      ...("n" in jwk
        ? { keySize: Buffer.from(jwk.n, "base64url").length * 8 }
        : { curveName: jwk.crv }),
      keyUri,
      keyUriWithVersion: `${keyUri}/${version.version}`,
    },
  };
}
