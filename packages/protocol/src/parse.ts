import * as z from "zod/mini";

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly detail: string };

/**
 * Untrusted value → typed value, or one clause that names the first wrong member and its expected
 * form. The offending value itself is never repeated, since it may be a secret.
 *
 * @param whole - the name of the value itself in the clause, when no member of it is wrong.
 */
export function parseWith<Value>(
  schema: z.ZodMiniType<Value>,
  value: unknown,
  whole = "message",
): Parsed<Value> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const issue = result.error.issues[0];
  if (issue === undefined) return { ok: false, detail: "the value does not fit its schema" };
  const path = issue.path.map(String).join(".");
  return { ok: false, detail: `${path === "" ? whole : path}: ${describe(issue)}` };
}

const HAS_LENGTH: ReadonlySet<string> = new Set(["string", "array"]);

function describe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return `unknown member ${issue.keys.slice(0, 3).join(", ").slice(0, 100)}`;
    case "invalid_type":
      return `expected ${issue.expected}`;
    case "invalid_value":
      return `expected one of ${issue.values.map(String).join(", ")}`;
    case "too_big":
      return `more than ${String(issue.maximum)}`;
    case "too_small":
      if (issue.minimum === 1 && HAS_LENGTH.has(issue.origin)) return "must not be empty";
      return `less than ${String(issue.minimum)}`;
    case "invalid_format":
      return expectationOf(issue) ?? `wrong format (${issue.format})`;
    case "invalid_key": {
      const [inner] = issue.issues;
      return `the name of this member: ${inner === undefined ? "not valid" : describe(inner)}`;
    }
    case "invalid_element":
    case "invalid_union":
    case "not_multiple_of":
    case "custom":
      return expectationOf(issue) ?? "not valid";
  }
}

/** The schema's own message of a rule; zod has none without a locale. */
function expectationOf({ message }: z.core.$ZodIssue): string | undefined {
  return message === "" || message === "Invalid input" ? undefined : message;
}
