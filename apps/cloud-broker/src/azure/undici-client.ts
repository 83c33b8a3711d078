import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  RestError,
} from "@azure/core-rest-pipeline";
import { type Dispatcher, errors } from "undici";

/**
 * What speaks HTTP for the SDKs. Their own client spends more on a call than all else that the broker does about it
 * (streams, abort controllers, an agent that looks for a connection); this one hands the request to undici's pools.
 * It sends and reads what those calls have: text, in one piece.
 */
export function createUndiciClient(dispatcher: Dispatcher): HttpClient {
  return {
    async sendRequest(request) {
      const { origin, pathname, search } = new URL(request.url);
      try {
        const answer = await dispatcher.request({
          origin,
          path: `${pathname}${search}`,
          method: methodOf(request),
          headers: headersOf(request),
          body: bodyOf(request),
          signal: signalOf(request),
        });
        const headers = createHttpHeaders();
        for (const [name, value] of Object.entries(answer.headers))
          if (value !== undefined) headers.set(name, [value].flat().join(", "));
        const bodyAsText = await readText(answer.body);
        return { request, status: answer.statusCode, headers, bodyAsText };
      } catch (error) {
        throw named(error, request);
      }
    },
  };
}

/** Nothing is decompressed here, so nothing compressed is asked for. */
function headersOf({ headers }: PipelineRequest): Record<string, string> {
  const { "accept-encoding": _compressed, ...others } = headers.toJSON();
  return others;
}

function methodOf({ method }: PipelineRequest): Dispatcher.HttpMethod {
  if (method === "TRACE") throw new TypeError("TRACE is never sent");
  return method;
}

function bodyOf({ body }: PipelineRequest): string | null {
  if (body === undefined || body === null) return null;
  if (typeof body === "string") return body;
  throw new TypeError("only text is sent to Azure");
}

/** A caller's signal has the caller's time limit; the others get one here. */
function signalOf({ abortSignal, timeout }: PipelineRequest): AbortSignal {
  return abortSignal instanceof AbortSignal ? abortSignal : AbortSignal.timeout(timeout);
}

/** Half an answer is one that cannot be read, whatever broke it. */
async function readText(body: Dispatcher.ResponseData["body"]): Promise<string> {
  try {
    return await body.text();
  } catch (error) {
    if (!(error instanceof errors.SocketError)) throw error;
    throw new RestError("the answer ended too early", { code: "ERR_STREAM_PREMATURE_CLOSE" });
  }
}

/** The SDKs look for a RestError with the code of the system. */
function named(error: unknown, request: PipelineRequest): unknown {
  if (!(error instanceof Error) || error instanceof RestError) return error;
  if (error.name === "AbortError" || error.name === "TimeoutError") return error;
  const code = error instanceof errors.SocketError ? "ECONNRESET" : codeIn(error);
  return new RestError(error.message, { request, ...(code !== undefined && { code }) });
}

const codeIn = (error: Error): string | undefined =>
  "code" in error && typeof error.code === "string" ? error.code : undefined;
