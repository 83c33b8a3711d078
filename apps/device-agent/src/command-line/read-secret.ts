import type { ReadStream } from "node:tty";

import { zero } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

/** A passkey has at most 64 characters, a share 43; the extra room lets us report longer input. */
const MAX_BYTES = 256;
const [ENTER, LINE_FEED, END, INTERRUPT, BACKSPACE, DELETE] = [13, 10, 4, 3, 8, 127];

/**
 * Reads one line: from a terminal without echo, or from a pipe. As bytes and never as a string, so
 * that it can be zeroed.
 *
 * @throws {AppError} `Misuse` for an empty or far too long line
 */
export async function readSecret(
  what: string,
  input: AsyncIterable<Uint8Array> & Partial<Pick<ReadStream, "isTTY" | "setRawMode">>,
  ask: (text: string) => void,
): Promise<Uint8Array> {
  const isTerminal = input.isTTY === true;
  if (isTerminal) {
    ask(`${what} (it is not shown), then Enter:`);
    input.setRawMode?.(true);
  }
  const typed = new Uint8Array(MAX_BYTES);
  let length = 0;
  try {
    for await (const chunk of input) {
      const ended = chunk.some((byte) => {
        if (byte === LINE_FEED || byte === ENTER) return true;
        if (isTerminal && byte === END) return true;
        if (isTerminal && byte === INTERRUPT) throw misuse("interrupted");
        if (isTerminal && (byte === BACKSPACE || byte === DELETE)) length = Math.max(0, length - 1);
        else if (length === MAX_BYTES)
          throw misuse(`${what}: longer than ${String(MAX_BYTES)} bytes`);
        else typed[length++] = byte;
        return false;
      });
      zero(chunk);
      if (ended) break;
    }
    if (length === 0) throw misuse(`${what}: empty; type it, or pipe it in`);
    return typed.slice(0, length);
  } finally {
    zero(typed);
    if (isTerminal) input.setRawMode?.(false);
  }
}

function misuse(detail: string): AppError {
  return new AppError("Misuse", { detail });
}
