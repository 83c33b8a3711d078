import type { IncomingMessage } from "node:http";

import { AppError } from "@databox-cmk/errors";

/**
 * The body as JSON. A form cannot send that media type without a preflight (CORS), which this
 * server never allows.
 *
 * @throws {AppError} `LocalRequestMalformed`
 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const mediaType = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json")
    throw new AppError("LocalRequestMalformed", { reason: "type" });
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.byteLength;
    if (length > maxBytes)
      throw new AppError("LocalRequestMalformed", {
        reason: "size",
        detail: `more than ${String(maxBytes)} bytes`,
      });
    chunks.push(chunk);
  }
  const whole = Buffer.concat(chunks);
  try {
    return JSON.parse(whole.toString("utf8"));
  } catch {
    throw new AppError("LocalRequestMalformed", { reason: "body", detail: "body: not JSON" });
  } finally {
    for (const chunk of [whole, ...chunks]) chunk.fill(0); // It may hold a passkey.
  }
}
