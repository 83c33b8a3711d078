/** The values that preparation chooses; no others are ever opened. */
export const VOLUME_CIPHER = "aes-xts-plain64";
export const VOLUME_KEY_BITS = 512;

/**
 * Anyone with the disk can write a LUKS2 header, and nothing in it is authenticated. A header that
 * names no cipher (cipher_null), or other offsets for the data, would open with the right key and
 * expose the data that is copied there. So the header must match the prepared values before it gets
 * the key (CVE-2025-59054 and similar).
 *
 * @param header - LUKS2 on-disk format §3: the JSON area
 * @returns the difference to the prepared header, in one clause; undefined: none
 */
export function judgeLuks2Header(header: unknown): string | undefined {
  const segments = entriesOf(member(header, "segments"));
  const [segment] = segments;
  if (segments.length !== 1 || segment === undefined) return "it does not have exactly one segment";
  const { value: data } = segment;
  if (member(data, "type") !== "crypt") return "its segment is not encrypted";
  if (member(data, "encryption") !== VOLUME_CIPHER)
    return `its data is not encrypted by ${VOLUME_CIPHER}`;
  if (member(data, "size") !== "dynamic") return "its segment does not reach to the end";
  if (member(data, "integrity") !== undefined || member(data, "flags") !== undefined)
    return "its segment has features that preparation does not use";
  for (const { name, value } of entriesOf(member(header, "keyslots"))) {
    if (member(value, "type") !== "luks2") return `key slot ${name} is of another kind`;
    if (member(value, "key_size") !== VOLUME_KEY_BITS / 8)
      return `key slot ${name} holds a key of another size`;
    if (member(member(value, "area"), "encryption") !== VOLUME_CIPHER)
      return `key slot ${name} is not encrypted by ${VOLUME_CIPHER}`;
  }
  const requirements = member(member(header, "config"), "requirements");
  return requirements === undefined ? undefined : "it needs features that preparation does not use";
}

export function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

export function entriesOf(
  value: unknown,
): readonly { readonly name: string; readonly value: unknown }[] {
  return typeof value === "object" && value !== null
    ? Object.entries(value).map(([name, entry]: [string, unknown]) => ({ name, value: entry }))
    : [];
}
