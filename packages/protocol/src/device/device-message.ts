import * as z from "zod/mini";

/**
 * A message that can grow (docs/reference/device-api.md, "How a message grows"). Its own members
 * are strict: an unknown one is refused. `extensions` has what a newer version adds by name; it is
 * signed with the rest, and a reader ignores the names that it does not know.
 */
export const deviceMessage = <const Shape extends z.core.$ZodShape>(shape: Shape) =>
  z.strictObject({ ...shape, extensions: z.optional(z.record(z.string(), z.unknown())) });
