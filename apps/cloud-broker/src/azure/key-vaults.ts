import { joinSecrets, zero } from "@databox-cmk/crypto";

import { failed } from "../core/failed.ts";
import type { KeyVaults, Outcome } from "../core/ports.ts";
import type { Credentials } from "./credentials.ts";
import { parseDeletedKey, parseVaultKey } from "./parse-vault-key.ts";
import type { VaultCalls } from "./vault-calls.ts";
import type { VaultClients } from "./vault-clients.ts";

// The only algorithm that the SDK leaves to the vault; it does the others with a cached public key.
const ALGORITHM = "RSA-OAEP-256";
const WRAPPED_BYTES = new Set([256, 384, 512]);
const CONTENT_KEY_BYTES = 32;

/** The `KeyVaults` port on @azure/keyvault-keys. */
export function createKeyVaults({
  calls,
  clients,
  credentials,
  vaultScope,
}: {
  readonly calls: VaultCalls;
  readonly clients: VaultClients;
  readonly credentials: Credentials;
  /** Such as https://vault.azure.net/.default */
  readonly vaultScope: string;
}): KeyVaults {
  return {
    signIn: (identity) => credentials.signIn(identity, vaultScope),

    async getKey(identity, key) {
      const { version } = key;
      const called = await calls.run(identity, key.vaultUrl, (options) =>
        clients
          .keys(identity, key.vaultUrl)
          .getKey(key.keyName, { ...options, ...(version !== undefined && { version }) }),
      );
      if (!called.ok) return called;
      const { vaultRegion, vaultRequestId } = called.value;
      const facts = parseVaultKey(called.value.value, key, vaultRegion);
      return facts === undefined
        ? unexpected("the answer is not the key that was asked for", called.value)
        : {
            ok: true,
            value: { ...facts, vaultRequestId },
          };
    },

    async getDeletedKey(identity, key) {
      const called = await calls.run(identity, key.vaultUrl, (options) =>
        clients.keys(identity, key.vaultUrl).getDeletedKey(key.keyName, options),
      );
      if (!called.ok)
        return called.failure.code === "SsemUserErrorKeyDetailsNotFound"
          ? { ok: true, value: undefined }
          : called;
      const deleted = parseDeletedKey(called.value.value, key);
      return deleted === undefined
        ? unexpected("the answer is not the deleted key that was asked for", called.value)
        : { ok: true, value: deleted };
    },

    async wrapKey(identity, kid, contentKey) {
      const called = await calls.run(identity, new URL(kid).origin, (options) =>
        clients.cryptography(identity, kid).wrapKey(ALGORITHM, contentKey, options),
      );
      if (!called.ok) return called;
      const { value, vaultRequestId } = called.value;
      const encryptedKey = bytesOf(value.result);
      return encryptedKey !== undefined && WRAPPED_BYTES.has(encryptedKey.byteLength)
        ? {
            ok: true,
            value: { encryptedKey, vaultRequestId },
          }
        : unexpected("the wrapped key does not have the size of an RSA modulus", called.value);
    },

    async unwrapKey(identity, kid, encryptedKey) {
      const called = await calls.run(identity, new URL(kid).origin, (options) =>
        clients.cryptography(identity, kid).unwrapKey(ALGORITHM, encryptedKey, options),
      );
      if (!called.ok) return called;
      const { value, vaultRequestId } = called.value;
      const contentKey = bytesOf(value.result);
      if (contentKey?.byteLength === CONTENT_KEY_BYTES)
        return {
          ok: true,
          value: { contentKey, vaultRequestId },
        };
      zero(contentKey);
      return unexpected("the unwrapped key is not 32 bytes long", called.value, "content-key-size");
    },
  };
}

/** A copy in memory that can be zeroed: the SDK's bytes are part of a pool. */
function bytesOf(result: unknown): Uint8Array | undefined {
  if (!(result instanceof Uint8Array)) return undefined;
  const bytes = joinSecrets(result);
  result.fill(0);
  return bytes;
}

function unexpected(
  detail: string,
  { vaultRequestId }: { readonly vaultRequestId?: string | undefined },
  reason?: string,
): Outcome<never> {
  return failed({ code: "KeyVaultUnexpectedAnswer", reason, detail, vaultRequestId });
}
