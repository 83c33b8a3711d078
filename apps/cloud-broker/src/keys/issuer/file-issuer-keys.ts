import { createPrivateKey, sign } from "node:crypto";
import { promisify } from "node:util";

import { calculateJwkThumbprint, type JWK } from "jose";

import type { Clock } from "../../core/ports.ts";
import { openKeyRing } from "../key-ring.ts";
import { publicHalf, RINGS } from "../own-secrets.ts";
import { type IssuerKeys, publicJwk } from "./issuer-keys.ts";

const signBeside = promisify(sign);

/** Entra keeps what it fetched for up to a day; a former key is shown until nobody can need it any more. */
const SHOWN_AFTER_RETIREMENT_MS = 7 * 86_400_000;

/** Keys in files: the ring's current key signs; it, its successor and those that signed lately are shown. */
export async function openFileIssuerKeys(folder: string, now: Clock): Promise<IssuerKeys> {
  const ring = await openKeyRing(folder, RINGS.issuer.file, RINGS.issuer.make);
  const privateKey = createPrivateKey(ring.currentPem);
  const current = await shown(publicHalf(ring.currentPem));
  const next = await shown(publicHalf(ring.nextPem));
  return {
    async publicKeys() {
      const recent = ring.former.filter(
        ({ retiredAtMs }) => now() - retiredAtMs < SHOWN_AFTER_RETIREMENT_MS,
      );
      return [current, next, ...(await Promise.all(recent.map(({ jwk }) => shown(jwk))))];
    },
    // With a callback it is made beside the event loop, of which an RSA-2048 signature takes 0.6 ms on a free core.
    sign: (_kid, data) => signBeside("sha256", data, privateKey),
    signingKid: () => Promise.resolve(current.kid ?? ""),
  };
}

const shown = async (jwk: JWK): Promise<JWK> => publicJwk(jwk, await calculateJwkThumbprint(jwk));
