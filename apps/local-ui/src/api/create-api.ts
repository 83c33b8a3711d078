import { withoutUndefined } from "@databox-cmk/errors";
import { localError, type LocalFailure } from "@databox-cmk/protocol";
import * as z from "zod/mini";

/** A failure that the appliance named. */
export class FailureError extends Error {
  readonly failure: LocalFailure;

  constructor(failure: LocalFailure) {
    super(failure.message);
    this.name = "FailureError";
    this.failure = failure;
  }
}

/** The appliance did not answer. */
export class SilenceError extends Error {
  constructor(detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = "SilenceError";
  }
}

export type Api = {
  /** @throws {FailureError} @throws {SilenceError} */
  call<Schema extends z.ZodMiniType>(
    method: "GET" | "POST" | "DELETE",
    path: string,
    schema: Schema,
    body?: object,
  ): Promise<z.infer<Schema>>;
};

/**
 * Calls of the appliance (docs/reference/local-ui-api.md). Every answer is parsed.
 *
 * @param csrfToken - of the present session.
 * @param onUsed - a call was answered: the session's idle time starts again.
 * @param onSignedOut - the session has ended.
 */
export function createApi({
  fetch,
  csrfToken,
  onUsed,
  onSignedOut,
}: {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  readonly csrfToken: () => string | undefined;
  readonly onUsed: () => void;
  readonly onSignedOut: () => void;
}): Api {
  return {
    async call(method, path, schema, body) {
      const token = csrfToken();
      const response = await fetch(path, {
        method,
        credentials: "same-origin",
        redirect: "error",
        headers: withoutUndefined({
          accept: "application/json",
          "x-csrf-token": method === "GET" ? undefined : token,
          "content-type": body === undefined ? undefined : "application/json",
        }),
        body: body === undefined ? null : JSON.stringify(body),
      }).catch((error: unknown) => {
        throw new SilenceError("no connection", { cause: error });
      });
      onUsed();
      if (response.status === 401) onSignedOut();
      const json: unknown = await response.json().catch(() => undefined);
      if (!response.ok) throw failureOf(json, response.status);
      const parsed = z.safeParse(schema, json);
      if (parsed.success) return parsed.data;
      throw new SilenceError(`${path}: ${parsed.error.issues[0]?.message ?? ""}`);
    },
  };
}

function failureOf(json: unknown, status: number): Error {
  const parsed = z.safeParse(localError, json);
  return parsed.success
    ? new FailureError(parsed.data.error)
    : new SilenceError(`HTTP ${String(status)}`);
}
