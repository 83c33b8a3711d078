// @module-tag one-engine

import { readFileSync } from "node:fs";

import { expect, test } from "vitest";
import { parseAst } from "vitest/node";

import { openTestStore } from "./open-test-store.ts";

const SCHEMA = new URL("../../src/store/schema.ts", import.meta.url);

/** Of an object type: each member's name, and its own type. */
const membersOf = (type: unknown): readonly (readonly [string, unknown])[] =>
  Object(type).members.map((member: unknown) => [
    Object(member).key.name,
    Object(member).typeAnnotation.typeAnnotation,
  ]);

test("schema.ts has the tables and columns that the migrations make", async () => {
  const { body } = parseAst(readFileSync(SCHEMA, "utf8"), { lang: "ts" });
  const typed = body.map((statement) => Object(statement).declaration);
  const tables = typed.find((type) => type?.id?.name === "BrokerTables").typeAnnotation;
  const written = membersOf(tables).map(([table, columns]) => [
    table,
    membersOf(columns)
      .map(([column]) => column)
      .toSorted(),
  ]);
  await using store = await openTestStore(":memory:");
  const made = await store.introspection.getTables();
  expect(Object.fromEntries(written)).toEqual(
    Object.fromEntries(
      made
        .filter(({ name }) => !name.startsWith("kysely_"))
        .map(({ name, columns }) => [name, columns.map((column) => column.name).toSorted()]),
    ),
  );
});
