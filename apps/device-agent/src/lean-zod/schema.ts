/** The members of an issue that `parseWith` reads: zod's names and meanings. */
export type Issue = { readonly code: string; readonly path: readonly PropertyKey[] } & Readonly<
  Record<string, unknown>
>;

/** Reports an issue, or returns the value. After a report the returned value is not used. */
export type Run = (value: unknown, path: readonly PropertyKey[], issues: Issue[]) => unknown;
export type Check = (value: unknown, path: readonly PropertyKey[], issues: Issue[]) => void;

export type SafeParsed =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };

export type Schema = {
  readonly run: Run;
  readonly isOptional: boolean;
  /** The members of an object, for discriminated unions. */
  readonly shape?: Readonly<Record<string, Schema>>;
  /** The value of a literal. */
  readonly literal?: unknown;
  safeParse(value: unknown): SafeParsed;
  /** The same schema with more conditions, which are checked after the type. */
  check(...checks: readonly Check[]): Schema;
};

export function createSchema(
  run: Run,
  traits: Partial<Pick<Schema, "isOptional" | "shape" | "literal">> = {},
): Schema {
  return {
    isOptional: false,
    ...traits,
    run,
    safeParse(value) {
      const issues: Issue[] = [];
      const data = run(value, [], issues);
      return issues.length === 0 ? { success: true, data } : { success: false, error: { issues } };
    },
    check: (...checks) =>
      createSchema((value, path, issues) => {
        const before = issues.length;
        const result = run(value, path, issues);
        if (issues.length === before) for (const check of checks) check(result, path, issues);
        return result;
      }, traits),
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
