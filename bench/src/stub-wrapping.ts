export const STUB_TENANT = "00000000-0000-4000-8000-00000000000a";
/** The versions of the stub vault's key: 32 hexadecimal digits, as Key Vault has them. */
export const VERSIONS = { first: "1".repeat(32), second: "2".repeat(32) } as const;

const WRAPPED_BYTES = 256;

/** RSA-2048 makes it as long: version, length, key, zeros. */
export function stubWrap(version: string, contentKey: Uint8Array): Uint8Array {
  const wrapped = Buffer.alloc(WRAPPED_BYTES);
  wrapped.write(version, "latin1");
  wrapped.writeUInt8(contentKey.byteLength, version.length);
  wrapped.set(contentKey, version.length + 1);
  return wrapped;
}

/** @returns undefined for a wrapping of another version */
export function stubUnwrap(version: string, wrapped: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(wrapped);
  if (bytes.toString("latin1", 0, version.length) !== version) return undefined;
  const from = version.length + 1;
  return bytes.subarray(from, from + bytes.readUInt8(version.length));
}
