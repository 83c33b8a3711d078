import { withoutUndefined } from "@databox-cmk/errors";
import * as z from "zod/mini";

import { ProblemError } from "./problem-error.ts";
import type { Silence } from "./read-problem.ts";

export type Call = {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: object | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Tag of the resource that was read; a write is refused if another one is in force. */
  readonly ifMatch?: string | undefined;
  /** Only if the name is free. */
  readonly createOnly?: true;
};

/**
 * Calls of the broker on the page's own origin. Every answer is parsed; everything else is a
 * `ProblemError`.
 */
export type Client = {
  read<Schema extends z.ZodMiniType>(
    path: string,
    schema: Schema,
    call?: Call,
  ): Promise<z.infer<Schema>>;
  /** Likewise, with the tag of the answer (RFC 9110 §8.8.3). */
  readTagged<Schema extends z.ZodMiniType>(
    path: string,
    schema: Schema,
    call?: Call,
  ): Promise<{ readonly value: z.infer<Schema>; readonly tag: string | undefined }>;
  /** An answer that is a file. */
  readFile(path: string): Promise<Blob>;
  /** For answers without a relevant body. */
  send(path: string, call: Call): Promise<{ readonly status: number }>;
};

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
    { method = "GET", body, signal, ifMatch, createOnly }: Call,
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
  const readTagged: Client["readTagged"] = async (path, schema, call = {}) => {
    const response = await exchange(path, call);
    const parsed = z.safeParse(schema, await jsonOf(response));
    if (parsed.success)
      return { value: parsed.data, tag: response.headers.get("etag") ?? undefined };
    const [issue] = parsed.error.issues;
    throw await silence(
      "foreign-answer",
      `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
    );
  };
  return {
    readTagged,
    read: async (path, schema, call = {}) => (await readTagged(path, schema, call)).value,
    readFile: async (path) => {
      const response = await exchange(path, {}, "*/*");
      return response.blob().catch(async () => {
        throw await silence("connection");
      });
    },
    send: async (path, call) => {
      const { status } = await exchange(path, call);
      return { status };
    },
  };
}

/**
 * The table of codes, which the first view does not need. A service that no longer answers does not
 * serve it either, so a page loads it beforehand.
 */
export const loadProblems = () => import("./read-problem.ts");

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

async function problemOf(response: Response): Promise<ProblemError> {
  const body = await jsonOf(response);
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
