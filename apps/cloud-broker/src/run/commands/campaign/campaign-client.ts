import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { LookupFunction } from "node:net";
import { text } from "node:stream/consumers";
import { getCACertificates } from "node:tls";

import { AppError, isErrorCode, systemCodeOf, withoutUndefined } from "@databox-cmk/errors";
import { type Call, parseWith } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { readFileWithin } from "../../../config/read-file-within.ts";

const TIMEOUT_MS = 60_000;
/** Room for 20,000 resource ids of usual length. */
export const FILE_MAX_BYTES = 4 * 1024 * 1024;

/** A call whose every answer has the same schema. */
type CallOf<View> = Pick<Call, "at"> & {
  readonly answers: Readonly<Record<number, z.ZodMiniType<View>>>;
};

export type CampaignClient = {
  /** @throws {AppError} the broker's own error, or BrokerUnreachable */
  call<View>(row: CallOf<View>, path: string, body?: object): Promise<View>;
};

export type ClientOptions = {
  /** Origin of the broker. */
  readonly broker: string;
  readonly caFile?: string;
  /**
   * File that holds an Entra access token, or `-` for standard input. Read for each call, so that
   * it can be renewed.
   */
  readonly tokenFile: string;
};

const armError = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.optional(z.array(z.object({ code: z.string(), message: z.string() }))),
  }),
});

/**
 * The operator's API, with a token from elsewhere: no secret is on the command line or in the
 * environment.
 */
export async function createCampaignClient(options: ClientOptions): Promise<CampaignClient> {
  const ca =
    options.caFile === undefined || options.caFile === ""
      ? undefined
      : [...getCACertificates("default"), await read(options.caFile, "--ca-file")];
  const readToken = createTokenReader(options.tokenFile);
  return {
    async call({ at: [method], answers }, path, body) {
      const token = await readToken();
      const { status, content } = await send(
        new URL(path, options.broker),
        method,
        token,
        ca,
        body,
      );
      const json = parseJson(content);
      if (status >= 400) throw refusalOf(status, json);
      const schema = answers[status];
      const parsed = schema && parseWith(schema, json);
      if (parsed?.ok === true) return parsed.value;
      const problem = parsed?.detail ?? `HTTP ${String(status)}`;
      throw new AppError("BrokerUnreachable", {
        reason: "unsigned-answer",
        detail: `${options.broker} does not answer as a broker of this version: ${problem}`,
      });
    },
  };
}

function createTokenReader(file: string): () => Promise<string> {
  // Standard input can be read once.
  let fromInput: Promise<string> | undefined;
  return async () => {
    const token = (
      file === "-" ? await (fromInput ??= text(process.stdin)) : await read(file, "--token-file")
    ).trim();
    if (/^[\w.~+/-]{1,16384}=*$/.test(token)) return token;
    throw new AppError("Misuse", { detail: "--token-file: expected one access token" });
  };
}

const read = async (file: string, option: string): Promise<string> =>
  (await readFileWithin(file, FILE_MAX_BYTES, `${option}: ${file}`)).toString();

async function send(
  url: URL,
  method: string,
  token: string,
  ca: readonly string[] | undefined,
  body: object | undefined,
): Promise<{ readonly status: number; readonly content: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(url, {
    method,
    headers: withoutUndefined({
      authorization: `Bearer ${token}`,
      "content-type": body && "application/json",
    }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ca: ca === undefined ? undefined : [...ca],
    lookup: url.hostname.endsWith(".localhost") ? loopback : undefined,
  })
    .once("response", resolve)
    .once("error", reject)
    .end(body === undefined ? undefined : JSON.stringify(body));
  try {
    const response = await promise;
    return { status: response.statusCode ?? 0, content: await text(response) };
  } catch (cause) {
    const why = systemCodeOf(cause) ?? "unknown cause";
    throw new AppError("BrokerUnreachable", {
      reason: "connection",
      detail: `${url.origin} cannot be reached (${why})`,
      cause,
    });
  }
}

/** RFC 6761 §6.3, which not every system's resolver implements. */
const loopback: LookupFunction = (_host, { all }, done) => {
  if (all === true) done(null, [{ address: "127.0.0.1", family: 4 }]);
  else done(null, "127.0.0.1", 4);
};

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function refusalOf(status: number, json: unknown): AppError {
  const parsed = parseWith(armError, json);
  if (!parsed.ok)
    return new AppError("BrokerUnreachable", {
      reason: "unsigned-answer",
      detail: `the answer ${String(status)} does not come from a broker`,
    });
  const { code, message, details } = parsed.value.error;
  const detail = details?.at(-1)?.message ?? message;
  return new AppError(isErrorCode(code) ? code : "InternalError", { detail: oneLine(detail) });
}

/** Output must not contain control characters that move a terminal's cursor. */
function oneLine(value: string): string {
  return value.replaceAll(/[^\x20-\x7e\u00a0-\uffff]/g, " ").slice(0, 500);
}
