import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, scrypt } from "node:crypto";
import type { ScryptOptions } from "node:crypto";
import { promisify } from "node:util";

import { zero } from "@databox-cmk/crypto";

import { HEADER_GENERATION_MAX } from "../../core/machine-state.ts";

/**
 * Header of a portable volume, version 1. All numbers are single bytes.
 *
 * ```
 *  0  8  magic "DBXVOL" 0x00 0x01 (the last byte is the version)
 *  8  1  derivation: 1 HKDF-SHA256, 2 scrypt
 *  9  1  scrypt: log2 of N (0 for HKDF)
 * 10 16  id (UUID)
 * 26 32  salt
 * 58 12  iv
 * 70 32  volume key, AES-256-GCM under the derived key; bytes 0 to 57 are the additional data
 * 102 16 tag
 * ```
 * No library has this format: appliances use LUKS2. It is for machines without cryptsetup, and only
 * proves a key.
 */
const MAGIC = Buffer.from("DBXVOL\u0000\u0001", "latin1");
const DERIVATIONS = { hkdf: 1, scrypt: 2 } as const;
const LABEL = "databox-cmk/portable-volume/v1";
const SCRYPT_LOG2_N = 15;
const SCRYPT_MEMORY_BYTES = 64 * 1024 * 1024;
const KEY_BYTES = 32;
const ID_AT = 10;
const SALT_AT = 26;
const IV_AT = 58;
const SEALED_AT = 70;
const TAG_AT = 102;
export const HEADER_BYTES = 118;

/**
 * A volume that is being rekeyed has two headers, one after the other; otherwise one of the slots
 * is blank.
 */
const HEADER_SLOTS = 2;
/** After the slots: the generation of the header, big-endian. */
const GENERATION_AT = HEADER_SLOTS * HEADER_BYTES;
const GENERATION_BYTES = 4;
export const VOLUME_KEY_BYTES = KEY_BYTES;
/** Salt and iv: new for every header. */
export const FRESH_BYTES = SEALED_AT - SALT_AT;

/** Outside of the event loop: scrypt takes 0.1 s, and HKDF 0.01. */
const deriveSlowly = promisify<Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

export type PortableHeader = { readonly id: string; readonly bytes: Uint8Array };

/** @param random - 32 (salt) + 12 (iv) + 32 (volume key) bytes, fresh. */
export async function sealHeader(input: {
  readonly unlockKey: Uint8Array;
  readonly id: string;
  readonly derivation: keyof typeof DERIVATIONS;
  readonly random: Uint8Array;
}): Promise<Uint8Array> {
  const header = new Uint8Array(HEADER_BYTES);
  header.set(MAGIC);
  header[8] = DERIVATIONS[input.derivation];
  header[9] = input.derivation === "scrypt" ? SCRYPT_LOG2_N : 0;
  header.set(Buffer.from(input.id.replaceAll("-", ""), "hex"), ID_AT);
  header.set(input.random.subarray(0, SEALED_AT - SALT_AT), SALT_AT);
  const volumeKey = input.random.subarray(SEALED_AT - SALT_AT);
  const derived = await derive(header, input.unlockKey);
  try {
    const cipher = createCipheriv(
      "aes-256-gcm",
      createSecretKey(derived),
      header.subarray(IV_AT, SEALED_AT),
    );
    cipher.setAAD(header.subarray(0, IV_AT));
    header.set(cipher.update(volumeKey), SEALED_AT);
    cipher.final();
    header.set(cipher.getAuthTag(), TAG_AT);
    return header;
  } finally {
    zero(derived);
  }
}

/** `undefined` when the bytes are not such a header. */
export function parseHeader(bytes: Uint8Array): PortableHeader | undefined {
  if (bytes.byteLength < HEADER_BYTES || !MAGIC.equals(bytes.subarray(0, MAGIC.byteLength)))
    return undefined;
  const isKnown =
    (bytes[8] === DERIVATIONS.hkdf && bytes[9] === 0) ||
    (bytes[8] === DERIVATIONS.scrypt && bytes[9] === SCRYPT_LOG2_N);
  if (!isKnown) return undefined;
  const hex = Buffer.from(bytes.subarray(ID_AT, SALT_AT)).toString("hex");
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { id, bytes: bytes.subarray(0, HEADER_BYTES) };
}

/** The headers by slot; `undefined` for an empty slot. */
export function parseSlots(bytes: Uint8Array): readonly (PortableHeader | undefined)[] {
  return Array.from({ length: HEADER_SLOTS }, (_unused, slot) =>
    parseHeader(bytes.subarray(slot * HEADER_BYTES)),
  );
}

/** The slots of a file, one after the other. */
export function contentOf(slots: readonly (PortableHeader | undefined)[]): Uint8Array {
  const content = new Uint8Array(HEADER_SLOTS * HEADER_BYTES);
  for (const [slot, header] of slots.entries())
    if (header !== undefined) content.set(header.bytes, slot * HEADER_BYTES);
  return content;
}

/** How often a volume was rekeyed; 0 where the file ends before that is written. */
export function parseGeneration(bytes: Uint8Array): number {
  const record = bytes.subarray(GENERATION_AT, GENERATION_AT + GENERATION_BYTES);
  if (record.byteLength < GENERATION_BYTES) return 0;
  const generation = new DataView(record.buffer, record.byteOffset).getUint32(0);
  return generation <= HEADER_GENERATION_MAX ? generation : 0;
}

/** @param content - the slots, as `contentOf` makes them */
export function withGeneration(content: Uint8Array, generation: number): Uint8Array {
  if (generation === 0) return content;
  const file = new Uint8Array(GENERATION_AT + GENERATION_BYTES);
  file.set(content);
  new DataView(file.buffer).setUint32(GENERATION_AT, generation);
  return file;
}

/**
 * The volume key, if the unlock key opens the header: its tag holds over every byte of it. The
 * caller zeroes it.
 */
export async function openHeader(
  { bytes }: PortableHeader,
  unlockKey: Uint8Array,
): Promise<Uint8Array | undefined> {
  const derived = await derive(bytes, unlockKey);
  const decipher = createDecipheriv(
    "aes-256-gcm",
    createSecretKey(derived),
    bytes.subarray(IV_AT, SEALED_AT),
    { authTagLength: 16 },
  );
  decipher.setAAD(bytes.subarray(0, IV_AT));
  decipher.setAuthTag(bytes.subarray(TAG_AT));
  const volumeKey = decipher.update(bytes.subarray(SEALED_AT, TAG_AT));
  try {
    decipher.final();
    return volumeKey;
  } catch {
    zero(volumeKey);
    return undefined;
  } finally {
    zero(derived);
  }
}

async function derive(header: Uint8Array, unlockKey: Uint8Array): Promise<Uint8Array> {
  const salt = header.subarray(SALT_AT, IV_AT);
  if (header[8] === DERIVATIONS.hkdf)
    return new Uint8Array(hkdfSync("sha256", createSecretKey(unlockKey), salt, LABEL, KEY_BYTES));
  return deriveSlowly(unlockKey, salt, KEY_BYTES, {
    N: 2 ** SCRYPT_LOG2_N,
    r: 8,
    p: 1,
    maxmem: SCRYPT_MEMORY_BYTES,
  });
}
