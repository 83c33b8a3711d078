import * as z from "zod/mini";

import { HEADER_GENERATION_MAX } from "../../core/judge-header-generation.ts";

export const GENERATION_TOKEN_ID = "1";

/** LUKS2 on-disk format §3.7: `type` and `keyslots` are required of every token. */
const token = z.strictObject({
  type: z.literal("databox-cmk-header"),
  keyslots: z.array(z.string()),
  generation: z.int().check(z.gte(0), z.lte(HEADER_GENERATION_MAX)),
});
const members = z.record(z.string(), z.unknown());

export function renderGeneration(generation: number): string {
  return JSON.stringify({ type: "databox-cmk-header", keyslots: [], generation });
}

/**
 * How often a volume was rekeyed. Anybody with the disk can write a token: this protects from a
 * header that was restored by mistake or by a person who does not edit it, and not from an attacker
 * who could as well call cryptsetup.
 *
 * @param metadata - LUKS2 on-disk format §3: the JSON area
 * @returns 0 where no token says it: the volume was never rekeyed, or the token is damaged
 */
export function readGeneration(metadata: unknown): number {
  const parsed = token.safeParse(memberOf(memberOf(metadata, "tokens"), GENERATION_TOKEN_ID));
  return parsed.success ? parsed.data.generation : 0;
}

function memberOf(value: unknown, name: string): unknown {
  const parsed = members.safeParse(value);
  return parsed.success ? parsed.data[name] : undefined;
}
