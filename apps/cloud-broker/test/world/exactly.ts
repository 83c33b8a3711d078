import { expect } from "vitest";
import * as z from "zod/mini";

/**
 * An answer that has the members of its view and no others. Views ignore unknown members, so that a
 * page can read the answers of a newer service; the service itself must not send any.
 */
export function exactly<Schema extends z.core.$ZodType>(
  schema: Schema,
  json: unknown,
): z.infer<Schema> {
  const parsed = z.parse(schema, json);
  expect(json).toEqual(parsed);
  return parsed;
}
