import { expect } from "vitest";
import type { infer as Infer, ZodMiniType } from "zod/mini";

/**
 * An answer that has the members of its view and no others. Views ignore unknown members, so that a
 * page can read the answers of a newer service; the service itself must not send any.
 */
export function exactly<Schema extends ZodMiniType>(schema: Schema, json: unknown): Infer<Schema> {
  const parsed = schema.parse(json);
  expect(json).toEqual(parsed);
  return parsed;
}
