import type { HttpRequest } from "../../http/message.ts";
import type { ArmContext } from "../arm-context.ts";

export type BrokerAnswer = {
  readonly status: number;
  readonly etag: string | undefined;
  /** Undefined when there is no body. */
  readonly json: unknown;
};

/** Sends another request to the broker in the name of the caller. */
export async function askBroker(
  context: Pick<ArmContext, "dataBox" | "request">,
  asked: {
    readonly method: "GET" | "PATCH";
    readonly target: string;
    readonly headers?: HttpRequest["headers"];
    readonly body?: object;
  },
): Promise<BrokerAnswer> {
  const { authorization, host } = context.request.headers;
  const { status, headers, body } = await context.dataBox({
    ...context.request,
    method: asked.method,
    target: asked.target,
    headers: { authorization, host, ...asked.headers },
    body: Buffer.from(asked.body === undefined ? "" : JSON.stringify(asked.body)),
  });
  const text = Buffer.isBuffer(body) ? body.toString() : "";
  return {
    status,
    etag: headers?.["etag"]?.toString(),
    json: text === "" ? undefined : JSON.parse(text),
  };
}
