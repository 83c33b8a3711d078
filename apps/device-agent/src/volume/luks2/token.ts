import * as z from "zod/mini";

export const TOKEN_ID = "0";

/**
 * LUKS2 on-disk format §3.7: every token needs `type` and `keyslots`, the other members are ours.
 * It names no slot: cryptsetup refuses a token that names a removed one, and rekeying moves the key
 * to another.
 */
const token = z.strictObject({
  type: z.literal("databox-cmk"),
  keyslots: z.array(z.string()),
  envelope: z.string().check(z.maxLength(16_384)),
});

export function renderToken(jws: string): string {
  return JSON.stringify({ type: "databox-cmk", keyslots: [], envelope: jws });
}

/**
 * The signed envelope. Its user verifies its signature, since anyone with the disk can write a
 * token.
 */
export function parseToken(text: string): string | undefined {
  try {
    const parsed = token.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.envelope : undefined;
  } catch {
    return undefined;
  }
}
