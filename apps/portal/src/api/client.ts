import { withoutUndefined } from "@databox-cmk/errors";
import { type Call, pathOf, PATHS, PORTAL_PATHS, type SegmentOf } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { armPath, type Query, searchOf } from "../core/arm-path.ts";
import { ProblemError } from "./problem-error.ts";
import type { Silence } from "./read-problem.ts";

/** A call of an API that is not the broker's, by path. */
export type AzureCall = {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: object | undefined;
} & CallOptions &
  Preconditions["If-Match"] &
  Preconditions["If-None-Match"];

type CallOptions = { readonly signal?: AbortSignal | undefined };
type Preconditions = {
  /** Tag of the resource that was read; a write is refused if another one is in force. */
  readonly "If-Match": { readonly ifMatch?: string | undefined };
  /** Only if the name is free. */
  readonly "If-None-Match": { readonly createOnly?: true };
};

type QueryOf<Of extends Call> = Of extends {
  readonly query: readonly (infer Name extends string)[];
}
  ? { readonly query?: { readonly [Each in Name]?: Query[string] } }
  : unknown;
type PreconditionOf<Of extends Call> = Of extends {
  readonly headers: readonly (infer Name extends keyof Preconditions)[];
}
  ? Preconditions[Name]
  : unknown;
type BodyOf<Of extends Call> = Of extends { readonly body: infer Body extends z.ZodMiniType }
  ? Of extends { readonly optional: true }
    ? { readonly body?: z.input<Body> }
    : { readonly body: z.input<Body> }
  : unknown;
/** The path's segments, the query, a precondition and the body of a call, as its row has them. */
export type Given<Of extends Call> = CallOptions &
  QueryOf<Of> &
  PreconditionOf<Of> &
  BodyOf<Of> & { readonly params: Readonly<Record<SegmentOf<Of["at"][1]>, string>> };
export type ViewOf<Of extends Call> = Of["answers"][keyof Of["answers"]] extends infer View
  ? View extends z.ZodMiniType
    ? z.infer<View>
    : undefined
  : never;
/** An answer, and the tag that proves to a write that its author has seen it. */
export type Tagged<View> = { readonly value: View; readonly tag: string | undefined };

/**
 * Calls of the broker on the page's own origin. Every answer is parsed; everything else is a
 * `ProblemError`.
 */
export type Client = {
  /** Calls the broker; its answer is read by the schema of its status. */
  call<const Of extends Call>(row: Of, given: Given<Of>): Promise<ViewOf<Of>>;
  /** Likewise, with the tag of the answer (RFC 9110 §8.8.3). */
  callTagged<const Of extends Call>(row: Of, given: Given<Of>): Promise<Tagged<ViewOf<Of>>>;
  /** Likewise, for an answer that is a file. */
  callFile<const Of extends Call>(row: Of, given: Given<Of>): Promise<Blob>;
  /** Calls another service through the broker. */
  read<Schema extends z.ZodMiniType>(
    path: string,
    schema: Schema,
    call?: AzureCall,
  ): Promise<z.infer<Schema>>;
  /** Likewise, for answers without a relevant body. */
  send(path: string, call: AzureCall): Promise<void>;
};

/** Newest api-version of Microsoft.DataBox that the broker knows. */
const DATA_BOX_API_VERSION = "2025-07-01";

/** The address of a call on the page's own origin. */
export function callPath(
  call: Call,
  segments: Readonly<Record<string, string>>,
  query: Query,
): string {
  const path = pathOf(call, segments);
  if (!path.startsWith("/portal/") && !path.startsWith(PATHS.operator))
    return armPath(path, DATA_BOX_API_VERSION, query);
  const search = searchOf(query).toString();
  const own = path.startsWith("/portal/") ? path : `${PORTAL_PATHS.operator}${path}`;
  return search === "" ? own : `${own}?${search}`;
}

/** A change that is not answered must end: until then, its form takes no input. */
const CHANGE_MAX_MS = 120_000;

type Fetch = (path: string, init: RequestInit) => Promise<Response>;

/**
 * @param csrfToken - of the session; sent with everything but GET.
 * @param onSignedOut - the session has ended, so the shown data can no longer be used.
 */
export function createClient({
  csrfToken,
  fetch,
  onSignedOut,
}: {
  readonly csrfToken: string;
  readonly fetch: Fetch;
  readonly onSignedOut: () => void;
}): Client {
  const exchange = async (
    path: string,
    { method = "GET", body, signal, ifMatch, createOnly }: AzureCall,
    accept = "application/json",
  ) => {
    const response = await fetch(path, {
      method,
      credentials: "same-origin",
      redirect: "error",
      headers: withoutUndefined({
        accept,
        "x-csrf-token": method === "GET" ? undefined : csrfToken,
        "content-type": body && "application/json",
        "if-match": ifMatch,
        "if-none-match": createOnly && "*",
      }),
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? (method === "GET" ? null : AbortSignal.timeout(CHANGE_MAX_MS)),
    }).catch(async (error: unknown) => {
      if (signal?.aborted === true) throw error;
      throw await silence("connection");
    });
    if (response.status === 401) onSignedOut();
    if (!response.ok) throw await problemOf(response);
    return response;
  };
  const ask = (row: Call, given: CallOptions & AnyGiven, accept?: string) => {
    const { params, query = {}, ...options } = given;
    return exchange(callPath(row, params, query), { method: row.at[0], ...options }, accept);
  };
  const callTagged: Client["callTagged"] = async (row, given) => {
    const response = await ask(row, given);
    const { status } = response;
    if (!(status in row.answers)) throw await silence("foreign-answer", `HTTP ${String(status)}`);
    const schema = row.answers[status];
    const value = schema === undefined ? undefined : await readAs(schema, response);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed by a schema of the row
    const view = value as ViewOf<typeof row>;
    return { value: view, tag: response.headers.get("etag") ?? undefined };
  };
  return {
    callTagged,
    call: async (row, given) => (await callTagged(row, given)).value,
    callFile: async (row, given) => {
      const response = await ask(row, given, "*/*");
      return response.blob().catch(async () => {
        throw await silence("connection");
      });
    },
    read: async (path, schema, call = {}) => readAs(schema, await exchange(path, call)),
    send: async (path, call) => {
      await exchange(path, call);
    },
  };
}

/** The parts of any call; its row says which ones it has. */
export type AnyGiven = {
  readonly params: Readonly<Record<string, string>>;
  readonly query?: Query;
  readonly body?: object | undefined;
};

/**
 * The table of codes, which the first view does not need. A service that no longer answers does not
 * serve it either, so a page loads it beforehand.
 */
export const loadProblems = () => import("./read-problem.ts");

async function readAs<Schema extends z.ZodMiniType>(
  schema: Schema,
  response: Response,
): Promise<z.infer<Schema>> {
  const parsed = z.safeParse(schema, await jsonOf(response));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw await silence("foreign-answer", `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`);
}

/** @returns undefined for a body that is not JSON */
async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text().catch(async (error: unknown) => {
    if (error instanceof Error && error.name === "AbortError") throw error;
    throw await silence("connection");
  });
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function problemOf(response: Response): Promise<ProblemError> {
  // The status tells enough.
  const body = await jsonOf(response).catch(() => undefined);
  const { readProblem, problemOfSilence } = await loadProblems();
  const read = readProblem(body);
  if (read !== undefined)
    return new ProblemError(read.problem, response.status, read.additionalInfo);
  const detail = `HTTP ${String(response.status)}`;
  return new ProblemError(problemOfSilence("foreign-answer", detail), response.status);
}

async function silence(reason: Silence, detail?: string): Promise<ProblemError> {
  const { problemOfSilence } = await loadProblems();
  return new ProblemError(problemOfSilence(reason, detail));
}
