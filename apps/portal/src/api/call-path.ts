import { type Call, pathOf, PATHS, PORTAL_PATHS } from "@databox-cmk/protocol";

import { armPath, type Query, searchOf } from "../core/arm-path.ts";

/** Newest api-version of Microsoft.DataBox that the broker knows. */
const DATA_BOX_API_VERSION = "2025-07-01";

/** The address of a call on the page's own origin. */
export function callPath(
  call: Call,
  segments: Readonly<Record<string, string>>,
  query: Query,
): string {
  const path = pathOf(call, segments);
  if (path.startsWith("/portal/")) return withQuery(path, query);
  return path.startsWith(PATHS.operator)
    ? withQuery(`${PORTAL_PATHS.operator}${path}`, query)
    : armPath(path, DATA_BOX_API_VERSION, query);
}

function withQuery(path: string, query: Query): string {
  const search = searchOf(query).toString();
  return search === "" ? path : `${path}?${search}`;
}
