import * as z from "zod/mini";

import type { ForwardedCall } from "./forwarded-calls.ts";

/**
 * Azure's PUT creates or overwrites, and a POST to `create` makes a key or a version of one. Azure
 * has no precondition for either, so what must be absent is read before.
 *
 * @param ifMatch - header If-Match (RFC 9110 §13.1.1): with `*` a page says that a new version of
 * an existing key is meant
 * @returns template of the path that has to answer 404 before the call is sent; `undefined` for a
 * call that overwrites nothing
 */
export function mustBeAbsent(
  { path, adds, versions }: ForwardedCall,
  method: string,
  ifMatch: string | undefined,
): string | undefined {
  if (method === "PUT") return adds === true ? undefined : path;
  if (versions !== true || method !== "POST" || ifMatch?.trim() === "*") return undefined;
  return path.slice(0, path.lastIndexOf("/"));
}

const written = z.object({
  attributes: z.nullish(z.object({ created: z.nullish(z.number()) })),
});

/**
 * Whether a resource that always exists still has Azure's defaults: its attributes then have no
 * time of creation.
 *
 * @param answer - parsed JSON of the GET; anything unexpected counts as written
 */
export function hasDefaults(answer: unknown): boolean {
  const parsed = z.safeParse(written, answer);
  return parsed.success && typeof parsed.data.attributes?.created !== "number";
}
