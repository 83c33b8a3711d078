import { subscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** Keeps all that a server of this process receives and sends, inside TLS, in a file. */
export function captureWire(file: string): void {
  const captured = new WeakSet<Socket>();
  const keep = (bytes: unknown) => {
    if (typeof bytes === "string" || bytes instanceof Uint8Array) appendFileSync(file, bytes);
  };
  subscribe("http.server.request.start", (message) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Node's documentation of the channel
    const { request } = message as { readonly request: IncomingMessage };
    const { method = "", url = "", rawHeaders, socket } = request;
    keep(["", method, url, ...rawHeaders, ""].join("\n"));
    request.push = (chunk: unknown, encoding) => {
      keep(chunk);
      return IncomingMessage.prototype.push.call(request, chunk, encoding);
    };
    if (captured.has(socket)) return;
    captured.add(socket);
    const write = socket.write.bind(socket);
    socket.write = (...parameters: unknown[]): boolean => {
      keep(parameters[0]);
      return Reflect.apply(write, socket, parameters);
    };
  });
}

/** The least part of a message that holds 32 bytes. */
const ENCODED = /[\w-]{43,}/g;
/** An envelope in an enrolment in a signed message, and a member of it. */
const DEPTH = 4;

/** A text, and all that is in base64url in it, which a message in a message encodes twice. */
export function unfold(bytes: Buffer, depth = DEPTH): Buffer {
  if (depth === 0) return bytes;
  const inner = Array.from(bytes.toString("latin1").matchAll(ENCODED), ([text]) =>
    unfold(Buffer.from(text, "base64url"), depth - 1),
  );
  return Buffer.concat([bytes, ...inner]);
}
