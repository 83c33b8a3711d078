import { type Agent, request as httpsRequest } from "node:https";

export type JsonAnswer = {
  readonly status: number;
  /** Parsed JSON; undefined when the body is empty or none. */
  readonly body: unknown;
  readonly text: string;
};

export type SendJson = (
  method: string,
  url: string,
  options?: { readonly token?: string; readonly body?: object },
) => Promise<JsonAnswer>;

/**
 * Plain JSON calls that show every answer as it came, errors included: an SDK would turn those into
 * its own exceptions.
 */
export function createJsonClient(agent: Agent): SendJson {
  return (method, url, { token, body } = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<JsonAnswer>();
    const outgoing = httpsRequest(
      url,
      {
        agent,
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: incoming.statusCode ?? 0, body: parse(text), text });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    return promise;
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
