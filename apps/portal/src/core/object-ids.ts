import { isIdentifier } from "@databox-cmk/protocol";

/** Object ids, one a line or with commas, in lower case; none if the text has anything else. */
export function parseObjectIds(text: string): readonly string[] {
  const words = text.toLowerCase().split(/[\s,;]+/);
  const ids = [...new Set(words.filter((word) => word !== ""))];
  // Every object id has the form of a tenant's id.
  return ids.every((id) => isIdentifier("tenantId", id)) ? ids : [];
}
