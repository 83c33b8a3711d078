import {
  constants,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";

import * as z from "zod";

/**
 * A worker that unwraps as fast as node:crypto can, and reports the number of operations and their
 * cost.
 */
const { seconds, modulusBits } = z
  .object({ seconds: z.number(), modulusBits: z.number() })
  .parse(workerData);
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: modulusBits });
const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
const wrapped = publicEncrypt({ key: publicKey, ...oaep }, randomBytes(32));

const startCpu = process.threadCpuUsage();
const endMs = performance.now() + seconds * 1000;
let unwraps = 0;
while (performance.now() < endMs) {
  privateDecrypt({ key: privateKey, ...oaep }, wrapped);
  unwraps += 1;
}
const { user, system } = process.threadCpuUsage(startCpu);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
parentPort?.postMessage({ unwraps, cpuSeconds: (user + system) / 1e6 });
