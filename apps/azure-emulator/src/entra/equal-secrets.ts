import { createHash, timingSafeEqual } from "node:crypto";

/** Compares in constant time; digests have equal lengths, which the comparison needs. */
export function equalSecrets(known: string, presented: string): boolean {
  return timingSafeEqual(digest(known), digest(presented));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
