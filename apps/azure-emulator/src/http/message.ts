import type { IncomingHttpHeaders } from "node:http";

/** One request, read completely (body capped), with its target parsed. */
export type HttpRequest = {
  readonly method: string;
  /** Lower case, without the port. */
  readonly host: string;
  /** The target as the client sent it, with its query. */
  readonly target: string;
  /** Decoded path, without query; kept as sent otherwise: `/keys/n//unwrapkey`. */
  readonly path: string;
  /**
   * Names and values percent-decoded (`api%2Dversion`), names in lower case; the first value of a
   * name wins.
   */
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /**
   * The TCP peer; always loopback. A vault's firewall sees `clientAddress`
   * (http/client-address.ts).
   */
  readonly remoteAddress: string;
  /** UUID; sent back as `x-ms-request-id`. */
  readonly requestId: string;
};

/** A deliberate failure below HTTP. */
export type TransportFault = "connection-reset" | "half-body";

export type HttpAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /**
   * An object is sent as JSON; text and bytes as they are, with the `content-type` of `headers`.
   */
  readonly body?: object | string | Buffer;
  readonly transport?: TransportFault;
};

/** Serves one host. A thrown error is answered with 500 and logged; refusals are answers. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpAnswer> | HttpAnswer;

/** No answer: the connection is destroyed, as if no server listened. */
export const NO_ANSWER: HttpAnswer = { status: 0, transport: "connection-reset" };
