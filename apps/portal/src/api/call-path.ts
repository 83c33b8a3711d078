import { type Call, PATHS, PORTAL_PATHS } from "@databox-cmk/protocol";

import { armPath, type Query, searchOf } from "./arm-path.ts";

/** Newest api-version of Microsoft.DataBox that the broker knows. */
const DATA_BOX_API_VERSION = "2025-07-01";

/** The names of a path's segments. */
export type SegmentOf<Path extends string> = Path extends `${string}/:${infer Rest}`
  ? Rest extends `${infer Name}/${infer After}`
    ? Name | SegmentOf<`/${After}`>
    : Rest
  : never;

/** The address of a call on the page's own origin. */
export function callPath(
  { at: [, pattern] }: Call,
  segments: Readonly<Record<string, string>>,
  query: Query,
): string {
  const path = pattern.replaceAll(/:(\w+)/g, (_, name: string) => {
    const segment = segments[name];
    if (segment === undefined) throw new TypeError(`the call has no ${name}`);
    return encodeURIComponent(segment);
  });
  if (path.startsWith("/portal/")) return withQuery(path, query);
  return path.startsWith(PATHS.operator)
    ? withQuery(`${PORTAL_PATHS.operator}${path}`, query)
    : armPath(path, DATA_BOX_API_VERSION, query);
}

function withQuery(path: string, query: Query): string {
  const search = searchOf(query).toString();
  return search === "" ? path : `${path}?${search}`;
}
