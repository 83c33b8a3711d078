import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomUUID,
} from "node:crypto";
import { promisify } from "node:util";

import type { IssuerKey } from "./core/model.ts";
import type { IssuerKeys } from "./dependencies.ts";
import type { EmulatorState } from "./state/emulator-state.ts";

const generate = promisify(generateKeyPair);
const MODULUS_BITS = 2048;

/**
 * Entra's RS256 keys, kept in the state. A new emulator makes its first key in the background:
 * start does not wait for it.
 */
export function createIssuerKeys(state: EmulatorState, systemNow: () => number): IssuerKeys {
  const publicKeys = new Map<string, KeyObject>();
  const publicKeyOf = (key: IssuerKey): KeyObject => {
    const known = publicKeys.get(key.kid);
    if (known !== undefined) return known;
    const made = createPublicKey(createPrivateKey(key.privateKeyPem));
    publicKeys.set(key.kid, made);
    return made;
  };
  const rotate = async (): Promise<IssuerKey> => {
    const { privateKey } = await generate("rsa", { modulusLength: MODULUS_BITS });
    const key: IssuerKey = {
      kid: randomUUID().replaceAll("-", ""),
      privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      createdAtMs: systemNow(),
    };
    state.put("issuerKey", key);
    return key;
  };
  const newest = (): IssuerKey | undefined =>
    state.list("issuerKey").toSorted((a, b) => b.createdAtMs - a.createdAtMs)[0];
  const first = newest() === undefined ? rotate() : Promise.resolve(newest());
  first.catch(() => undefined);

  return {
    async current() {
      await first;
      const key = newest();
      if (key === undefined)
        throw new Error("Entra has no signing key: the first one could not be made");
      return key;
    },
    async publicJwks() {
      await first;
      return state.list("issuerKey").map((key) =>
        Object.assign(publicKeyOf(key).export({ format: "jwk" }), {
          kid: key.kid,
          x5t: key.kid,
          use: "sig",
          alg: "RS256",
        }),
      );
    },
    find(kid) {
      const key = state.get("issuerKey", kid);
      return key === undefined ? undefined : publicKeyOf(key);
    },
    async rotate() {
      await first;
      await rotate();
    },
  };
}
