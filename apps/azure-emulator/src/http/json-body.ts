import type { HttpRequest } from "./message.ts";

export type JsonBody =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "empty" }
  | { readonly kind: "malformed"; readonly detail: string };

/** The body as JSON; schemas come after. */
export function readJsonBody(request: HttpRequest): JsonBody {
  if (request.body.length === 0) return { kind: "empty" };
  try {
    return { kind: "json", value: JSON.parse(request.body.toString("utf8")) };
  } catch (error) {
    return { kind: "malformed", detail: error instanceof Error ? error.message : "not JSON" };
  }
}
