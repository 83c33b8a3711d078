import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename } from "node:path";

import { AppError } from "@databox-cmk/errors";

import type { Discard } from "../core/describe-erasure.ts";
import type { MarkedMedium } from "../core/erasure.ts";
import { systemCode } from "../state/state-error.ts";
import { startProgram } from "./start-program.ts";
import { volumeError } from "./volume-file.ts";

const CHUNK_BYTES = 4 * 1024 * 1024;
const SECTOR_BYTES = 512;
/** The largest logical block of a device. */
const BLOCK_BYTES = 4096;
/** It fits into the smallest volume too, a file of a few hundred bytes. */
export const MARK_BYTES = 64;
const SYSFS = "/sys/class/block";
/** NVMe and virtio show serial numbers in these files, SCSI and SATA world-wide names. */
const SERIAL_NUMBERS = ["device/serial", "serial", "device/wwid", "wwid"] as const;

/** @returns whether the program of util-linux succeeded */
export type RunProgram = (program: string, parameters: readonly string[]) => Promise<boolean>;

export type Medium = {
  readonly kind: "block device" | "file";
  readonly bytes: number;
  readonly model?: string | undefined;
  readonly serialNumber?: string | undefined;
};

/** @throws {AppError} `VolumeNotFound` or `VolumeUnavailable` */
export function readMedium(path: string): Medium {
  try {
    const found = statSync(path);
    if (!found.isBlockDevice()) return { kind: "file", bytes: found.size };
    const device = `${SYSFS}/${basename(realpathSync(path))}`;
    const bytes = Number(readFileSync(`${device}/size`, "utf8")) * SECTOR_BYTES;
    return {
      kind: "block device",
      bytes,
      model: readName(`${device}/device/model`),
      serialNumber: SERIAL_NUMBERS.map((name) => readName(`${device}/${name}`)).find(Boolean),
    };
  } catch (error) {
    throw volumeError(path, error);
  }
}

/** Printable characters only: the drive's own text goes into a certificate. */
function readName(path: string): string | undefined {
  try {
    const name = readFileSync(path, "latin1").trim().slice(0, 128);
    return /^[ -~]+$/.test(name) ? name : undefined;
  } catch (error) {
    if (systemCode(error) === "unknown") throw error;
    return undefined; // A partition or a virtual device has none.
  }
}

/**
 * Tells a flash device that its blocks are no longer used, so that its controller can erase cells
 * that no address reaches. It is not a proof; the overwriting follows in any case.
 */
export async function discardMedium(
  path: string,
  { kind, bytes }: Pick<Medium, "kind" | "bytes">,
  run: RunProgram = runProgram,
): Promise<Discard> {
  if (kind === "file") return "none";
  // All but the mark, in whole blocks.
  const where = ["--length", String(bytes - BLOCK_BYTES), path];
  if (await run("blkdiscard", ["--secure", ...where])) return "secure";
  return (await run("blkdiscard", where)) ? "plain" : "none";
}

/**
 * Writes the mark of an erasure at the end of the medium, durably: no header is there, and it is
 * the last thing that is overwritten.
 *
 * @throws {AppError} `VolumeUnavailable`
 */
export function markMedium(path: string, medium: MarkedMedium): void {
  writeEnd(path, medium, markOf(medium));
}

/** @throws {AppError} `VolumeUnavailable` */
export function clearMark(path: string, medium: Pick<Medium, "bytes">): void {
  writeEnd(path, medium, Buffer.alloc(MARK_BYTES));
}

/** @throws {AppError} `VolumeNotFound` or `VolumeUnavailable` */
export function hasMark(path: string, medium: MarkedMedium): boolean {
  const end = Buffer.alloc(MARK_BYTES);
  withFile(path, "r", (file) => readSync(file, end, 0, MARK_BYTES, medium.bytes - MARK_BYTES));
  return end.equals(markOf(medium));
}

function markOf({ mark }: MarkedMedium): Buffer {
  const content = Buffer.alloc(MARK_BYTES);
  content.write(`databox-agent erasure ${mark}`);
  return content;
}

function writeEnd(path: string, { bytes }: Pick<Medium, "bytes">, content: Buffer): void {
  withFile(path, "r+", (file) => {
    writeSync(file, content, 0, MARK_BYTES, bytes - MARK_BYTES);
    fsyncSync(file);
  });
}

/** Hears how many bytes of the medium are done. */
export type Passed = (bytes: number) => void;

/** Writes zeros over every byte, durably. @throws {AppError} `VolumeUnavailable` */
export function overwriteMedium(
  path: string,
  { bytes }: Pick<Medium, "bytes">,
  passed?: Passed,
): void {
  const zeros = Buffer.alloc(CHUNK_BYTES);
  withFile(path, "r+", (file) => {
    for (let at = 0; at < bytes;) {
      at += writeSync(file, zeros, 0, Math.min(CHUNK_BYTES, bytes - at), at);
      passed?.(at);
    }
    fsyncSync(file);
  });
}

/**
 * Reads every byte back; of a device, past the cache of the kernel.
 *
 * @throws {AppError} `ErasureUnverified` for a byte that is not zero or cannot be read
 */
export async function verifyMedium(
  path: string,
  { kind, bytes }: Pick<Medium, "kind" | "bytes">,
  {
    run = runProgram,
    passed,
    from = 0,
  }: { readonly run?: RunProgram; readonly passed?: Passed; readonly from?: number } = {},
): Promise<void> {
  if (kind === "block device" && !(await run("blockdev", ["--flushbufs", path])))
    throw unverified(path, "its cache could not be flushed");
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const zeros = Buffer.alloc(CHUNK_BYTES);
  withFile(path, "r", (file) => {
    for (let at = from; at < bytes;) {
      const count = readSync(file, chunk, 0, Math.min(CHUNK_BYTES, bytes - at), at);
      if (count === 0) throw unverified(path, `it ends at byte ${String(at)}`);
      if (chunk.compare(zeros, 0, count, 0, count) !== 0)
        throw unverified(path, `a byte after byte ${String(at)} is not zero`);
      at += count;
      passed?.(at);
    }
  });
}

const unverified = (path: string, what: string): AppError =>
  new AppError("ErasureUnverified", { target: path, detail: `${path}: ${what}` });

function withFile(path: string, flags: string, work: (file: number) => void): void {
  try {
    const file = openSync(path, flags);
    try {
      work(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw volumeError(path, error);
  }
}

const runProgram: RunProgram = (program, parameters) =>
  startProgram(program, parameters)
    .finish("")
    .then(
      ({ exitCode }) => exitCode === 0,
      () => false, // It could not be started: it is not installed, for example.
    );
