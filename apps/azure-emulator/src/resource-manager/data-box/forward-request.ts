import { Agent, errors, request as send } from "undici";

import type { DataBoxUpstream, EmulatorDependencies } from "../../dependencies.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import { loopbackLookup } from "../../loopback-lookup.ts";
import { type ArmError, invalidResourceNamespace, gatewayError } from "../arm-error.ts";

/**
 * Headers of one connection only (RFC 9110 §7.6.1), and those that the client library writes
 * itself.
 */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const TIMEOUT_MS = 60_000;
const ANSWER_BYTES_MAXIMUM = 8 * 1_048_576;

export const DATA_BOX_NAMESPACE = "microsoft.databox";

/**
 * Forwards requests for Microsoft.DataBox to the broker, headers and body unchanged: the broker
 * authorises them. The address that the caller used is sent as `x-forwarded-host` and
 * `x-forwarded-proto`.
 */
export function createDataBoxForwarder(deps: Pick<EmulatorDependencies, "dataBoxUpstream">) {
  let connection: { readonly upstream: DataBoxUpstream; readonly agent: Agent } | undefined;
  const agentOf = (upstream: DataBoxUpstream): Agent => {
    if (connection?.upstream.url === upstream.url && connection.upstream.ca === upstream.ca)
      return connection.agent;
    void connection?.agent.close();
    const agent = new Agent({
      connect: {
        lookup: loopbackLookup,
        ca: upstream.ca,
      },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      maxResponseSize: ANSWER_BYTES_MAXIMUM,
    });
    connection = { upstream, agent };
    return agent;
  };

  return async (request: HttpRequest): Promise<HttpAnswer> => {
    const upstream = deps.dataBoxUpstream();
    if (upstream === undefined) throw invalidResourceNamespace("Microsoft.DataBox");
    try {
      const answer = await send(new URL(request.target, upstream.url), {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- undici's list of methods is not node:http's
        method: request.method as "GET",
        headers: {
          ...endToEndHeaders(request.headers),
          "x-forwarded-host": request.headers.host ?? "",
          "x-forwarded-proto": "https",
        },
        body: request.body.length > 0 ? request.body : null,
        dispatcher: agentOf(upstream),
      });
      const body = Buffer.from(await answer.body.arrayBuffer());
      return { status: answer.statusCode, headers: endToEndHeaders(answer.headers), body };
    } catch (error) {
      throw unavailable(error);
    }
  };
}

function endToEndHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || CONNECTION_HEADERS.has(name) ? [] : [[name, value]],
    ),
  );
}

function unavailable(error: unknown): ArmError {
  const isTimeout =
    error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError;
  const cause = error instanceof Error ? error.message : "unknown";
  return isTimeout
    ? gatewayError(
        504,
        "GatewayTimeout",
        "The gateway did not receive a response from 'Microsoft.DataBox' within the specified time period.",
      )
    : gatewayError(
        502,
        "ServiceUnavailable",
        `The resource provider 'Microsoft.DataBox' could not be reached: ${cause}`,
        { "retry-after": "5" },
      );
}
