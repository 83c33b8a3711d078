import { expect, test } from "vitest";
import * as z from "zod/mini";

import type { Call } from "./call.ts";
import * as protocol from "./index.ts";

type Table = { readonly [name: string]: Call | Table };

const isCall = (row: Call | Table): row is Call => Array.isArray(row["at"]);

const rowsOf = (table: Table, above: string): readonly (readonly [string, Call])[] =>
  Object.entries(table).flatMap(([name, row]) =>
    isCall(row) ? [[`${above}.${name}`, row] as const] : rowsOf(row, `${above}.${name}`),
  );

const tables = Object.entries(protocol).filter(([name]) => name.endsWith("_CALLS"));
const rows = rowsOf(Object.fromEntries(tables) as Table, "").map(
  ([name, row]) => [name.slice(1), row] as const,
);

/** Paths of the objects in a schema that refuse a member which they do not know. */
function strictIn(schema: unknown, path: string): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = "additionalProperties" in schema && schema.additionalProperties === false;
  return [
    ...(own ? [path] : []),
    ...Object.entries(schema).flatMap(([name, part]) => strictIn(part, `${path}/${name}`)),
  ];
}

/** Calls with a reason to refuse such members, and where they do. */
const STRICT: Readonly<Record<string, RegExp>> = {
  // A reader that does not know a condition of the policy must not write the policy back.
  "UNLOCK_POLICY_CALLS.read": /^/,
  "UNLOCK_POLICY_CALLS.write": /^/,
  // Parts of signed messages, which grow by their `extensions` alone.
  "OFFLINE_UNLOCK_CALLS.submit": /\/properties\/lease\/oneOf\/\d$/,
  "OFFLINE_UNLOCK_CALLS.list": /\/properties\/lease\/oneOf\/\d$/,
  // A public key: its members are those of its thumbprint.
  "CERTIFICATE_CALLS.read": /\/properties\/publicKey$/,
};

test("the tables of calls are found", () => {
  expect(rows.length).toBeGreaterThan(70);
});

// A page of version N reads answers of version N+1 while the replicas are replaced one by one.
test.for(rows)("an answer of %s may have members that a page does not know", ([name, row]) => {
  const strict = Object.values(row.answers).flatMap((schema) =>
    schema === undefined ? [] : strictIn(z.toJSONSchema(schema, { io: "input" }), ""),
  );
  const allowed = STRICT[name];
  expect(strict.filter((path) => allowed?.test(path) !== true)).toEqual([]);
  // An exception that no schema needs must go.
  expect(strict.length > 0).toBe(allowed !== undefined);
});
