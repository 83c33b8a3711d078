import { inflateRawSync } from "node:zlib";

const END = "PK\u0005\u0006";
const ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/** A file of an archive, as its directory describes it. */
type Entry = {
  readonly name: string;
  /** Bytes of the unpacked file. */
  readonly size: number;
  /** @throws {RangeError} when the file has another size or CRC-32 */
  readonly unpack: () => Buffer;
};

/**
 * @yields The files of a ZIP archive, one after another
 * @throws {RangeError} when it is no such archive
 */
export function* readZip(archive: Buffer): Generator<Entry, undefined> {
  const end = archive.lastIndexOf(END, undefined, "latin1");
  if (end === -1) throw new RangeError("no directory");
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    if (archive.readUInt32LE(at) !== ENTRY) throw new RangeError("no entry of the directory");
    const method = archive.readUInt16LE(at + 10);
    const crc = archive.readUInt32LE(at + 16);
    const packed = archive.readUInt32LE(at + 20);
    const size = archive.readUInt32LE(at + 24);
    const nameEnd = at + 46 + archive.readUInt16LE(at + 28);
    const local = archive.readUInt32LE(at + 42);
    yield {
      name: archive.toString("utf8", at + 46, nameEnd),
      size,
      unpack() {
        const begin =
          local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
        const bytes = expand(archive.subarray(begin, begin + packed), method, size);
        if (bytes.length !== size || crc32(bytes) !== crc) throw new RangeError("another content");
        return bytes;
      },
    };
    at = nameEnd + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}

function expand(packed: Buffer, method: number, size: number): Buffer {
  if (method === STORED) return packed;
  if (method !== DEFLATED) throw new RangeError("an unknown compression");
  // zlib takes no limit of 0.
  return inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
}

/** Node's own came with 20.15, and the verifier runs on each Node 20. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 && 0xedb88320);
  }
  return ~crc >>> 0;
}
