import { encodeBase64url } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import type { JWK } from "jose";

import { DAY_MS } from "../core/day.ts";
import { valueOf } from "../core/failure-error.ts";
import type { KeyUrl } from "../core/order.ts";
import type { Clock } from "../core/ports.ts";
import { remember } from "../core/remember.ts";
import { type IssuerKeys, publicJwk } from "../keys/issuer/issuer-keys.ts";
import type { CallVault } from "./vault-calls.ts";
import type { VaultClients } from "./vault-clients.ts";

const BROKER = { kind: "broker" } as const;
/** How long Entra may use cached keys; a version signs once it has been published for this long. */
const SHOWN_BEFORE_USE_MS = DAY_MS;
const REMEMBERED_MS = 300_000;
/** Maximum number of published versions; rotations find older ones long before. */
const VERSIONS_MAX = 5;

type Version = { readonly kid: string; readonly jwk: JWK; readonly createdAtMs: number };

/**
 * Keys that never leave a vault: the enabled versions of one RSA key. A rotation in the vault is
 * also a rotation here, with overlap: the new version is published at once and signs a day later
 * (an only version signs at once).
 *
 * @param key - without a version
 */
export function createVaultIssuerKeys(
  key: KeyUrl,
  deps: { readonly callVault: CallVault; readonly clients: VaultClients; readonly now: Clock },
): IssuerKeys {
  const { callVault, clients, now } = deps;
  const versions = remember(now, REMEMBERED_MS, read);

  async function read(): Promise<readonly Version[]> {
    const client = clients.keys(BROKER, key.vaultUrl);
    const { value: listed } = valueOf(
      await callVault(BROKER, key.vaultUrl, async (options) => {
        const enabled = [];
        for await (const version of client.listPropertiesOfKeyVersions(key.keyName, options))
          if (version.enabled === true) enabled.push(version);
        return enabled;
      }),
    );
    const newest = listed
      .toSorted((one, other) => (other.createdOn?.getTime() ?? 0) - (one.createdOn?.getTime() ?? 0))
      .slice(0, VERSIONS_MAX);
    return Promise.all(
      newest.map(async ({ version = "", createdOn }) => {
        const { value: found } = valueOf(
          await callVault(BROKER, key.vaultUrl, (options) =>
            client.getKey(key.keyName, { ...options, version }),
          ),
        );
        return {
          kid: version,
          jwk: rsaJwk(found.id ?? "", found.key),
          createdAtMs: createdOn?.getTime() ?? 0,
        };
      }),
    );
  }

  return {
    publicKeys: async () => (await versions()).map(({ jwk, kid }) => publicJwk(jwk, kid)),
    async signingKid() {
      const all = await versions();
      const signing = all.find(({ createdAtMs }) => now() - createdAtMs > SHOWN_BEFORE_USE_MS);
      const chosen = signing ?? all.at(-1);
      if (chosen === undefined)
        throw new AppError("Misuse", {
          detail: "ISSUER_KEY_URL: the key has no enabled version; enable one, or create a new one",
        });
      return chosen.kid;
    },
    async sign(kid, data) {
      const cryptography = clients.cryptography(
        BROKER,
        `${key.vaultUrl}/keys/${key.keyName}/${kid}`,
      );
      const { value: signed } = valueOf(
        await callVault(BROKER, key.vaultUrl, (options) =>
          cryptography.signData("RS256", data, options),
        ),
      );
      return signed.result;
    },
  };
}

function rsaJwk(
  id: string,
  key: { readonly kty?: string; n?: Uint8Array; e?: Uint8Array } | undefined,
): JWK {
  if (key?.n === undefined || key.e === undefined || !(key.kty ?? "").startsWith("RSA"))
    throw new AppError("Misuse", { detail: `ISSUER_KEY_URL: ${id} is not an RSA key` });
  return { kty: "RSA", n: encodeBase64url(key.n), e: encodeBase64url(withoutZeros(key.e)) };
}

/** An HSM writes four bytes, a JWK the fewest (RFC 7518 §6.3.1.2). */
const withoutZeros = (bytes: Uint8Array): Uint8Array =>
  bytes.subarray(bytes.findIndex((byte) => byte !== 0));
