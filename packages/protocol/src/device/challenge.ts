import * as z from "zod/mini";

import { deviceMessage } from "./device-message.ts";
import { base64url, serial } from "./fields.ts";

export const challengeRequest = deviceMessage({ serial });

/**
 * Stateless: the nonce carries its own expiry and MAC; nothing is stored until a signed request
 * returns it.
 */
export const challenge = deviceMessage({
  nonce: base64url(256),
  expiresInSeconds: z.int().check(z.gte(1), z.lte(600)),
  brokerTime: z.iso.datetime(),
});
export type Challenge = z.infer<typeof challenge>;
