import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

/** Places in a LUKS2 binary header (on-disk format §2.1). */
const [SIZE_AT, CHECKSUM_AT, CHECKSUM_BYTES, JSON_AT] = [8, 448, 64, 4096];

/**
 * Changes the JSON of both copies of a header and mends their checksums, as anybody with the disk
 * can.
 */
export function forgeLuks2Header(path: string, change: (json: string) => string): void {
  const disk = readFileSync(path);
  const size = Number(disk.readBigUInt64BE(SIZE_AT));
  for (const at of [0, size]) {
    const header = disk.subarray(at, at + size);
    const json = header.subarray(JSON_AT);
    const text = change(json.toString("utf8").replaceAll("\u0000", ""));
    json.fill(0);
    json.write(text, "utf8");
    const checksum = header.subarray(CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_BYTES);
    checksum.fill(0);
    createHash("sha256").update(header).digest().copy(checksum);
  }
  writeFileSync(path, disk);
}
