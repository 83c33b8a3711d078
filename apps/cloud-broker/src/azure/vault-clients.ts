import type { TokenCredential } from "@azure/core-auth";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";

import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import type { KeyIdentity } from "../core/order.ts";
import type { AzureTransport } from "./transport.ts";
import { createVaultPipelines } from "./vault-pipeline.ts";

const MAX_CLIENTS = 2000;

export type VaultClients = ReturnType<typeof createVaultClients>;

/** Clients are cached: to make one takes longer than the SDK's part of a call. */
export function createVaultClients(
  transport: AzureTransport,
  credentialOf: (identity: KeyIdentity) => TokenCredential,
) {
  const pipelineOf = createVaultPipelines();
  const kept = new LeastRecentlyUsed<string, KeyClient | CryptographyClient>(MAX_CLIENTS);

  const optionsOf = (identity: KeyIdentity, vaultUrl: string) => ({
    ...transport.clientOptions(),
    pipeline: pipelineOf(identity, vaultUrl),
  });

  function keep<Client extends KeyClient | CryptographyClient>(
    kind: new (...parameters: never[]) => Client,
    key: string,
    make: () => Client,
  ): Client {
    const found = kept.get(key);
    if (found instanceof kind) return found;
    const made = make();
    kept.set(key, made);
    return made;
  }

  return {
    keys: (identity: KeyIdentity, vaultUrl: string) =>
      keep(
        KeyClient,
        `${nameOf(identity)} ${vaultUrl}`,
        () => new KeyClient(vaultUrl, credentialOf(identity), optionsOf(identity, vaultUrl)),
      ),
    cryptography: (identity: KeyIdentity, kid: string) =>
      keep(
        CryptographyClient,
        `${nameOf(identity)} ${kid}`,
        () =>
          new CryptographyClient(
            bareKey(kid),
            credentialOf(identity),
            optionsOf(identity, new URL(kid).origin),
          ),
      ),
    /** The next call of this identity is made by a new client. */
    forget: (identity: KeyIdentity) => {
      kept.deleteWhere((key) => key.startsWith(`${nameOf(identity)} `));
    },
  };
}

/**
 * A key without dates, operations and public part, which the client accepts as known. With them, it
 * would refuse to unwrap with an expired key, which Key Vault allows, and make other decisions that
 * are the vault's.
 */
function bareKey(kid: string) {
  const { origin: vaultUrl, pathname } = new URL(kid);
  const [, , name = "", version = ""] = pathname.split("/");
  return { id: kid, name, key: {}, properties: { vaultUrl, name, version } };
}

const nameOf = (identity: KeyIdentity): string =>
  identity.kind === "broker" ? "broker" : `${identity.order}:${identity.clientId}`;
