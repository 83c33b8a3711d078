import { isIdentifier } from "@databox-cmk/protocol";

/** Every object id has the form of a tenant's id. */
export const isObjectId = (text: string): boolean => isIdentifier("tenantId", text);

/** Object ids, one a line or with commas, in lower case; none if the text has anything else. */
export function parseObjectIds(text: string): readonly string[] {
  const words = text.toLowerCase().split(/[\s,;]+/);
  const ids = [...new Set(words.filter((word) => word !== ""))];
  return ids.every(isObjectId) ? ids : [];
}
