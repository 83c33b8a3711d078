import { importVerifyKey, parseJsonObject, type PublicJwk } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import * as z from "zod/mini";

const keySet = z.object({
  keys: z
    .array(
      z.object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: z.string(), y: z.string() }),
    )
    .check(z.minLength(1), z.maxLength(100)),
});

/**
 * The keys of `GET /webhooks/v1/keys`.
 *
 * @throws {AppError} Misuse when the text is something else
 */
export function parseKeySet(text: string, path: string): readonly PublicJwk[] {
  try {
    return keySet
      .parse(parseJsonObject(Buffer.from(text), path))
      .keys.map((key) => importVerifyKey(key).jwk);
  } catch (cause) {
    throw new AppError("Misuse", { detail: `${path} is not a JWK Set of P-256 keys`, cause });
  }
}
