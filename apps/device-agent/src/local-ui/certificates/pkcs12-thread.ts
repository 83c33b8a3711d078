import { parentPort, workerData } from "node:worker_threads";

import { CryptoError, importPkcs12 } from "@databox-cmk/crypto";

import type { Pkcs12Answer, Pkcs12Question } from "./open-pkcs12.ts";

/*
 * The thread of one file: a bundle of its own, since a thread starts from a file
 * (rolldown.config.ts).
 */
const question: Pkcs12Question = workerData;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(answer(question));

function answer({ der, password }: Pkcs12Question): Pkcs12Answer {
  try {
    return { certificate: importPkcs12(der, password) };
  } catch (error) {
    if (error instanceof CryptoError) return { unusable: error.message };
    throw error;
  }
}
