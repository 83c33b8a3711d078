import type { IncomingMessage } from "node:http";
import { finished } from "node:stream";

/** The body has more bytes than its route reads. */
export class BodyTooLong extends Error {
  override readonly name = "BodyTooLong";

  constructor(maxBytes: number) {
    super(`body: more than ${String(maxBytes)} bytes`);
  }
}

/**
 * Reads a body of at most `maxBytes`. A longer one is refused by its Content-Length where it has
 * one, else at the first byte too many. Its parts are zeroed, since a body may hold a passkey; the
 * caller zeroes the whole.
 *
 * @throws {BodyTooLong} the connection stays open, so that the refusal can be written
 */
export function readBytes(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  if (Number(message.headers["content-length"] ?? "0") > maxBytes) {
    reject(new BodyTooLong(maxBytes));
    return promise;
  }
  const chunks: Buffer[] = [];
  let received = 0;
  message.on("data", (chunk: Buffer) => {
    received += chunk.byteLength;
    if (received <= maxBytes) chunks.push(chunk);
    else {
      // Not destroyed, which would close the connection before the refusal is written.
      message.pause();
      reject(new BodyTooLong(maxBytes));
    }
  });
  finished(message, (error) => {
    if (error) reject(error);
    else resolve(joined(chunks));
  });
  return promise;
}

function joined(chunks: readonly Buffer[]): Buffer {
  const whole = Buffer.alloc(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
    chunk.fill(0);
  }
  return whole;
}
