import type * as z from "zod/mini";

/**
 * One call of an API, as its callers and the broker know it. The broker's row adds the right that a
 * caller needs, and the handler.
 */
export type Call = {
  readonly at: readonly [method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE", path: string];
  readonly query?: readonly string[];
  readonly headers?: readonly ("If-Match" | "If-None-Match")[];
  readonly body?: z.ZodMiniType;
  /** An empty body is the empty object. */
  readonly optional?: true;
  /** Status → schema of the body; undefined for an answer without one, or with a file. */
  readonly answers: Readonly<Record<number, z.ZodMiniType | undefined>>;
};
export type Calls = Readonly<Record<string, Call>>;

/** The names of a path's segments. */
export type SegmentOf<Path extends string> = Path extends `${string}/:${infer Rest}`
  ? Rest extends `${infer Name}/${infer After}`
    ? Name | SegmentOf<`/${After}`>
    : Rest
  : never;

/** The path of a call with the values of its segments. */
export function pathOf(
  { at: [, pattern] }: Pick<Call, "at">,
  segments: Readonly<Record<string, string>>,
): string {
  return pattern.replaceAll(/:(\w+)/g, (_, name: string) => {
    const segment = segments[name];
    if (segment === undefined) throw new TypeError(`the call has no ${name}`);
    return encodeURIComponent(segment);
  });
}
