import type { IncomingMessage } from "node:http";

import { CryptoError, parseJsonList, parseJsonObject, type JsonObject } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { BodyTooLong, readBytes } from "@databox-cmk/http";
import { JOSE_MEDIA_TYPE, parseWith, withoutNulls } from "@databox-cmk/protocol";
import type * as z from "zod/mini";

import type { Reads } from "./route.ts";

const MEDIA_TYPES = {
  json: ["application/json"],
  jose: [JOSE_MEDIA_TYPE],
  // Event Grid schema; CloudEvents 1.0 HTTP binding §3.2 and §3.3.
  events: [
    "application/json",
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
  ],
} as const;

type ReadingRoute = Pick<Extract<Reads<never>, { maxBytes: number }>, "reads" | "maxBytes"> & {
  readonly optional?: true | undefined;
};

/**
 * Reads the body of a request, at most `route.maxBytes` of it. A longer one is refused by its
 * Content-Length where it has one, else at the first byte too many. By hand, because express' own
 * parsers hand out parsed JSON, in which duplicate members are gone, and decompress what they read.
 *
 * @param ask - called before the first byte is read, where the sender may wait for "100 Continue"
 */
export async function readBody(
  message: IncomingMessage,
  route: ReadingRoute,
  ask: () => void = () => undefined,
): Promise<Buffer> {
  const length = Number(message.headers["content-length"] ?? "0");
  if (length > route.maxBytes) throw tooLarge(route);
  const isEmpty = length === 0 && message.headers["transfer-encoding"] === undefined;
  if (isEmpty && route.reads === "json" && route.optional === true) return Buffer.from("{}");
  // An absent body cannot have a wrong type.
  if (isEmpty && route.reads === "json")
    throw new AppError("InvalidRequestContent", {
      target: "body",
      detail: "body: empty, expected a JSON object",
    });
  checkMediaType(message, MEDIA_TYPES[route.reads]);
  ask();
  try {
    return await readBytes(message, route.maxBytes);
  } catch (cause) {
    if (cause instanceof BodyTooLong) throw tooLarge(route);
    if (message.destroyed && !(cause instanceof AppError))
      throw new AppError("InvalidRequestContent", { detail: "body: ended too early", cause });
    throw cause;
  }
}

/** @throws {AppError} InvalidRequestContent */
export const parseJsonBody = (bytes: Buffer): JsonObject =>
  translated(() => parseJsonObject(bytes, "body"));

/** @throws {AppError} InvalidRequestContent */
export const parseEventsBody = (bytes: Buffer): JsonObject | readonly unknown[] =>
  translated(() => parseJsonList(bytes, "body"));

function translated<Value>(parse: () => Value): Value {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    throw new AppError("InvalidRequestContent", { detail: cause.message, cause });
  }
}

function checkMediaType({ headers }: IncomingMessage, expected: readonly string[]): void {
  const mediaType = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType === undefined || !expected.includes(mediaType))
    throw new AppError("UnsupportedMediaType", {
      target: "Content-Type",
      detail: `Content-Type: expected ${expected.join(" or ")}`,
    });
  if (headers["content-encoding"] !== undefined)
    throw new AppError("UnsupportedMediaType", {
      target: "Content-Encoding",
      detail: "Content-Encoding: compressed bodies are not read",
    });
}

function tooLarge(route: ReadingRoute): AppError {
  const code = route.reads === "jose" ? "DeviceMessageTooLarge" : "RequestBodyTooLarge";
  return new AppError(code, { detail: `body: more than ${String(route.maxBytes)} bytes` });
}

/**
 * Parses a body strictly. Null is an absent member.
 *
 * @throws {AppError} `InvalidRequestContent` that names the wrong member.
 */
export function parseBody<Value>(schema: z.ZodMiniType<Value>, body: unknown): Value {
  const parsed = parseWith(schema, withoutNulls(body), "body");
  if (parsed.ok) return parsed.value;
  const [target = ""] = parsed.detail.split(":", 1);
  throw new AppError("InvalidRequestContent", { target, detail: parsed.detail });
}
