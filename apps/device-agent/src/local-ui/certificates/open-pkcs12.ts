import { extname } from "node:path";

import type { CertificateWithKey } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

export type Pkcs12Question = { readonly der: Uint8Array; readonly password: string };
export type Pkcs12Answer =
  | { readonly certificate: CertificateWithKey }
  | { readonly unusable: string };

/** Beside the sources, or beside the bundle. */
const THREAD = `./pkcs12-thread${extname(import.meta.filename) === ".ts" ? ".ts" : ".mjs"}`;
/** A file of 600,000 iterations takes a fast machine 8 s. */
const LIMIT_MS = 60_000;

/**
 * Runs in a thread of its own, which is ended at the limit: the author of a file decides how long
 * it takes, and meanwhile leases are renewed here and volumes closed.
 *
 * @throws {AppError} `CertificateUnusable`
 */
export async function openPkcs12(
  question: Pkcs12Question,
  limitMs = LIMIT_MS,
): Promise<CertificateWithKey> {
  const answer = await askThread(question, limitMs);
  if (answer === undefined)
    throw unusable(`PKCS#12: not open after ${String(limitMs / 1000)} seconds`);
  if ("unusable" in answer) throw unusable(answer.unusable);
  return answer.certificate;
}

/** @returns undefined after the limit */
async function askThread(
  question: Pkcs12Question,
  limitMs: number,
): Promise<Pkcs12Answer | undefined> {
  // In this function, since every command shares this file's chunk of the bundle and would load the
  // module (3 ms).
  const { Worker } = await import("node:worker_threads");
  const worker = new Worker(new URL(THREAD, import.meta.url), { workerData: question, env: {} });
  worker.unref();
  const limit = setTimeout(() => void worker.terminate(), limitMs).unref();
  try {
    return await new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", () => resolve(undefined));
    });
  } finally {
    clearTimeout(limit);
    await worker.terminate();
  }
}

function unusable(detail: string): AppError {
  return new AppError("CertificateUnusable", { detail });
}
