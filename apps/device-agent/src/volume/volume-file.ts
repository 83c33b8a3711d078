import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
} from "node:fs";

import { AppError } from "@databox-cmk/errors";

import { systemCode } from "../state/state-error.ts";

const MEBIBYTE = 1024 * 1024;
/** Headers of volumes and file systems all lie within it. */
const START_BYTES = 4 * MEBIBYTE;

export type Start =
  | { readonly kind: "missing" }
  | { readonly kind: "blank" }
  | { readonly kind: "data"; readonly bytes: Uint8Array };

/** @throws {AppError} `VolumeUnavailable` */
export function readStart(path: string): Start {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return { kind: "missing" };
    throw volumeError(path, error);
  }
  try {
    const { size } = fstatSync(file);
    // A block device has no size here, and neither has an empty file.
    const bytes = new Uint8Array(size === 0 ? START_BYTES : Math.min(size, START_BYTES));
    const count = readSync(file, bytes, 0, bytes.byteLength, 0);
    const read = bytes.subarray(0, count);
    return read.every((byte) => byte === 0) ? { kind: "blank" } : { kind: "data", bytes: read };
  } catch (error) {
    throw volumeError(path, error);
  } finally {
    closeSync(file);
  }
}

/**
 * Makes the file at least this long, without using disk space for it; a block device is not
 * changed.
 */
export function createSparseFile(path: string, sizeMib: number): void {
  try {
    const file = openSync(path, "a", 0o600);
    try {
      const found = statSync(path);
      if (found.isFile() && found.size < sizeMib * MEBIBYTE)
        ftruncateSync(file, sizeMib * MEBIBYTE);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw volumeError(path, error);
  }
}

export function volumeError(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = systemCode(error);
  if (code === "ENOSPC" || code === "EDQUOT")
    return new AppError("DiskFull", {
      target: path,
      detail: `${path}: no space left`,
      cause: error,
    });
  if (code === "ENOENT")
    return new AppError("VolumeNotFound", {
      target: path,
      detail: `${path}: neither it nor its folder exists`,
      cause: error,
    });
  return new AppError("VolumeUnavailable", {
    target: path,
    detail: `${path}: cannot be used (${code})`,
    cause: error,
  });
}
