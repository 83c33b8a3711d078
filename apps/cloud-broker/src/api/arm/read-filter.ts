import { AppError } from "@databox-cmk/errors";
import { parseWith } from "@databox-cmk/protocol";
import type * as z from "zod/mini";

import type { CallerRequest } from "../../http/route.ts";
import { queryValues } from "./arm-route.ts";

/**
 * The filters of a list.
 *
 * @returns also the query parameters, for the link to the next page.
 * @throws {AppError} InvalidRequestContent
 */
export function readFilter<Filter>(
  request: CallerRequest,
  names: readonly (string & keyof Filter)[],
  schema: z.ZodMiniType<Filter>,
): { readonly given: Readonly<Record<string, string>>; readonly filter: Filter } {
  const given = Object.fromEntries(
    names.flatMap((name) => {
      const [value] = queryValues(request, name);
      return value === undefined || value === "" ? [] : [[name, value] as const];
    }),
  );
  const parsed = parseWith(schema, given, "query");
  if (parsed.ok) return { given, filter: parsed.value };
  throw new AppError("InvalidRequestContent", { target: "query", detail: parsed.detail });
}
