import { AADSTS, type AadstsCode } from "./aadsts.ts";

/** A refusal of the token or authorization endpoint; rendered once, at the router's edge. */
export class EntraError extends Error {
  override readonly name = "EntraError";
  readonly code: AadstsCode;
  readonly error: string;

  constructor(
    code: AadstsCode,
    values: Readonly<Record<string, string>> = {},
    error: string = AADSTS[code].error,
  ) {
    super(fill(AADSTS[code].text, values));
    this.code = code;
    this.error = error;
  }
}

export type EntraErrorBody = {
  readonly error: string;
  readonly error_description: string;
  readonly error_codes: readonly number[];
  readonly timestamp: string;
  readonly trace_id: string;
  readonly correlation_id: string;
  readonly error_uri: string;
};

/** The JSON of a refused token request, member for member as Entra ID writes it. */
export function renderEntraError(
  error: EntraError,
  context: { nowMs: number; traceId: string; correlationId: string; authorityUrl: string },
): { status: number; body: EntraErrorBody } {
  const row = AADSTS[error.code];
  const timestamp = entraTimestamp(context.nowMs);
  return {
    status: row.status,
    body: {
      error: error.error,
      error_description: `AADSTS${error.code}: ${error.message} Trace ID: ${context.traceId} Correlation ID: ${context.correlationId} Timestamp: ${timestamp}`,
      error_codes: [error.code],
      timestamp,
      trace_id: context.traceId,
      correlation_id: context.correlationId,
      error_uri: `${context.authorityUrl}/error?code=${error.code}`,
    },
  };
}

/** `2022-04-07 07:16:46Z`: seconds, a blank instead of the T. */
export function entraTimestamp(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}
