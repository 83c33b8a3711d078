import type { HttpAnswer, HttpHandler, HttpRequest } from "./message.ts";

export type RouteParameters = Readonly<Record<string, string>>;

/**
 * One row of a router. In `path` a segment is a literal (compared without case), `{name}` (one
 * segment, not empty), `{name?}` (one segment that may be empty or absent) or, last, `{name*}` (the
 * rest). A trailing slash never matters.
 */
export type Route<Context> = {
  readonly method: string;
  readonly path: string;
  readonly handle: (
    request: HttpRequest,
    parameters: RouteParameters,
    context: Context,
  ) => Promise<HttpAnswer> | HttpAnswer;
};

/** Names a row's members by their position. */
export const row = <Handle>(method: string, path: string, handle: Handle) => ({
  method,
  path,
  handle,
});

export type RouteMatch<Row> =
  | { readonly kind: "found"; readonly route: Row; readonly parameters: RouteParameters }
  | { readonly kind: "wrong-method"; readonly allowed: readonly string[] }
  | { readonly kind: "not-found" };

/**
 * Matches a request against a table of routes. Express and path-to-regexp do not serve: they have
 * no empty segments (the JavaScript SDK sends `/keys/n//unwrapkey`) and cost more per request than
 * the rest of the data plane.
 */
export function createRouteMatcher<Row extends { readonly method: string; readonly path: string }>(
  routes: readonly Row[],
) {
  const compiled = routes.map((route) => ({ route, segments: splitPath(route.path) }));
  const byMethod = Map.groupBy(compiled, ({ route }) => route.method);
  return (method: string, path: string): RouteMatch<Row> => {
    const segments = splitPath(path);
    for (const { route, segments: pattern } of byMethod.get(method) ?? []) {
      const parameters = matchPath(pattern, segments);
      if (parameters !== undefined) return { kind: "found", route, parameters };
    }
    const others = compiled.filter(
      ({ segments: pattern }) => matchPath(pattern, segments) !== undefined,
    );
    return others.length === 0
      ? { kind: "not-found" }
      : { kind: "wrong-method", allowed: [...new Set(others.map(({ route }) => route.method))] };
  };
}

/** A whole handler of a table that needs no context; `otherwise` answers requests without a row. */
export function createRouter(
  routes: readonly Route<undefined>[],
  otherwise: (
    request: HttpRequest,
    match: Exclude<RouteMatch<Route<undefined>>, { kind: "found" }>,
  ) => HttpAnswer,
): HttpHandler {
  const match = createRouteMatcher(routes);
  return (request) => {
    const found = match(request.method, request.path);
    if (found.kind !== "found") return otherwise(request, found);
    return found.route.handle(request, found.parameters, undefined);
  };
}

function splitPath(path: string): string[] {
  const segments = path.split("/").slice(1);
  if (segments.at(-1) === "") segments.pop();
  return segments;
}

/**
 * `/keys/n/attestation` is `/keys/n//attestation`: an optional segment that is absent stands for an
 * empty one.
 */
function matchPath(
  pattern: readonly string[],
  segments: readonly string[],
): RouteParameters | undefined {
  const whole = matchSegments(pattern, segments);
  if (whole !== undefined || segments.length !== pattern.length - 1) return whole;
  const absent = pattern.findIndex((expected) => expected.endsWith("?}"));
  return absent === -1 ? undefined : matchSegments(pattern, segments.toSpliced(absent, 0, ""));
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): RouteParameters | undefined {
  const last = pattern.at(-1) ?? "";
  if (segments.length > pattern.length && !last.endsWith("*}")) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index];
    if (!expected.startsWith("{")) {
      if (actual?.toLowerCase() !== expected.toLowerCase()) return undefined;
      continue;
    }
    const name = expected.slice(1, -1);
    if (name.endsWith("*")) {
      parameters[name.slice(0, -1)] = segments.slice(index).join("/");
      return parameters;
    }
    if (name.endsWith("?")) {
      parameters[name.slice(0, -1)] = actual ?? "";
      continue;
    }
    if (actual === undefined || actual === "") return undefined;
    parameters[name] = actual;
  }
  return parameters;
}
