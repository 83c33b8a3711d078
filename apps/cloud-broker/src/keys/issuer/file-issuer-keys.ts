import { createPrivateKey, sign } from "node:crypto";
import { promisify } from "node:util";

import { calculateJwkThumbprint, type JWK } from "jose";

import { DAY_MS } from "../../core/day.ts";
import type { Clock } from "../../core/ports.ts";
import { openKeyRing } from "../key-ring.ts";
import { publicHalf, RINGS } from "../own-secrets.ts";
import { type IssuerKeys, publicJwk } from "./issuer-keys.ts";

const signBeside = promisify(sign);

/**
 * Entra caches fetched keys for up to a day; a former key is published until no assertion can need
 * it.
 */
const SHOWN_AFTER_RETIREMENT_MS = 7 * DAY_MS;

/**
 * Keys in files. The ring's current key signs; this key, its successor and recently used keys are
 * published.
 */
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
    // With a callback the signature is made outside the event loop, on which an RSA-2048 signature
    // would take 0.6 ms.
    sign: (_kid, data) => signBeside("sha256", data, privateKey),
    signingKid: () => Promise.resolve(current.kid ?? ""),
  };
}

const shown = async (jwk: JWK): Promise<JWK> => publicJwk(jwk, await calculateJwkThumbprint(jwk));
