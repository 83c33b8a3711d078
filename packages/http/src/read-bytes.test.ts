import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";

import { expect, test } from "vitest";

import { BodyTooLong, readBytes } from "./read-bytes.ts";

const message = (headers: Readonly<Record<string, string>> = {}) =>
  Object.assign(new PassThrough(), { headers }) as unknown as IncomingMessage & PassThrough;

test("a body is read whole, and its parts are zeroed", async () => {
  const request = message();
  const parts = [Buffer.from("pass"), Buffer.from("key")];
  const read = readBytes(request, 7);
  for (const part of parts) request.write(part);
  request.end();
  expect((await read).toString()).toBe("passkey");
  expect(parts.map((part) => part.toString("hex"))).toEqual(["00000000", "000000"]);
});

test("a body of one byte too many is refused, and its connection is left open", async () => {
  const request = message();
  const read = readBytes(request, 7);
  request.write("passkeys");
  await expect(read).rejects.toBeInstanceOf(BodyTooLong);
  expect(request.destroyed).toBe(false);
});

test("a body that says that it is too long is not read", async () => {
  const request = message({ "content-length": "8" });
  await expect(readBytes(request, 7)).rejects.toThrow("body: more than 7 bytes");
  expect(request.readableFlowing).toBeNull();
});

test("a body that breaks off does not count", async () => {
  const request = message();
  const read = readBytes(request, 7);
  request.destroy();
  await expect(read).rejects.toThrow("Premature close");
});
