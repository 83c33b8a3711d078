import type { IncomingMessage } from "node:http";

import { CryptoError, parseJsonObjectText, type JsonObject } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { JOSE_MEDIA_TYPE } from "@databox-cmk/protocol";

import type { Route } from "./route.ts";

const MEDIA_TYPES = { json: "application/json", jose: JOSE_MEDIA_TYPE } as const;

type ReadingRoute = Extract<Route, { maxBytes: number }>;

/**
 * Reads the body of a request, at most `route.maxBytes` of it. A longer one is refused by its Content-Length where it
 * has one, else at the first byte too many. By hand, because express' own parsers buffer JSON before a check for
 * duplicate members could see its text, and read text in whatever charset the sender names.
 */
export async function readBody(message: IncomingMessage, route: ReadingRoute): Promise<string> {
  const expected = MEDIA_TYPES[route.reads];
  const mediaType = (message.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
  const length = Number(message.headers["content-length"] ?? "0");
  if (length > route.maxBytes) throw tooLarge(route);
  const isEmpty = length === 0 && message.headers["transfer-encoding"] === undefined;
  if (isEmpty && route.reads === "json" && route.optional === true) return "";
  if (mediaType !== expected)
    throw new AppError("UnsupportedMediaType", {
      target: "Content-Type",
      detail: `Content-Type: expected ${expected}`,
    });
  if (message.headers["content-encoding"] !== undefined)
    throw new AppError("UnsupportedMediaType", {
      target: "Content-Encoding",
      detail: "Content-Encoding: compressed bodies are not read",
    });
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    received += chunk.byteLength;
    if (received > route.maxBytes) throw tooLarge(route);
    chunks.push(chunk);
  }
  return decodeText(Buffer.concat(chunks));
}

export function parseJsonBody(text: string): JsonObject {
  if (text === "") return {};
  try {
    return parseJsonObjectText(text, "body");
  } catch (error) {
    if (error instanceof CryptoError)
      throw new AppError("InvalidRequestContent", { detail: error.message, cause: error });
    throw error;
  }
}

function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("InvalidRequestContent", { detail: "body: not UTF-8", cause });
  }
}

function tooLarge(route: ReadingRoute): AppError {
  return new AppError(route.reads === "jose" ? "DeviceMessageTooLarge" : "RequestBodyTooLarge", {
    detail: `body: more than ${String(route.maxBytes)} bytes`,
    facts: { maxBytes: route.maxBytes },
  });
}
