// @module-tag one-engine

import { readFileSync } from "node:fs";

import { sql } from "kysely";
import { expect, test } from "vitest";
import { parseAst } from "vitest/node";

import { TABLES } from "../../src/store/tables.ts";
import { openTestStore } from "./open-test-store.ts";

const RUNBOOK = new URL("../../../../docs/operate/runbook.md", import.meta.url);
const SCHEMA = new URL("../../src/store/schema.ts", import.meta.url);

/** Of an object type: each member's name, and its own type. */
const membersOf = (type: unknown): readonly (readonly [string, unknown])[] =>
  Object(type).members.map((member: unknown) => [
    Object(member).key.name,
    Object(member).typeAnnotation.typeAnnotation,
  ]);

test("schema.ts and tables.ts have the tables and columns that the migrations make", async () => {
  const { body } = parseAst(readFileSync(SCHEMA, "utf8"), { lang: "ts" });
  const typed = body.map((statement) => Object(statement).declaration);
  const { typeAnnotation } = typed.find((type) => type?.id?.name === "BrokerTables");
  const tables = typeAnnotation.types.find(
    ({ type }: { type: string }) => type === "TSTypeLiteral",
  );
  const defined = Object.values(TABLES).map(({ name, columns }) => [
    name,
    Object.keys(columns).toSorted(),
  ]);
  const written = membersOf(tables).map(([table, columns]) => [
    table,
    membersOf(columns)
      .map(([column]) => column)
      .toSorted(),
  ]);
  await using store = await openTestStore(":memory:");
  const made = await store.introspection.getTables();
  expect(Object.fromEntries([...written, ...defined])).toEqual(
    Object.fromEntries(
      made
        .filter(({ name }) => !name.startsWith("kysely_"))
        .map(({ name, columns }) => [name, columns.map((column) => column.name).toSorted()]),
    ),
  );
});

test("the statements that the runbook's alerts name can be run", async () => {
  const [, alerts = ""] = /^## Alerts\n(.*?)^## /ms.exec(readFileSync(RUNBOOK, "utf8")) ?? [];
  const statements = [...alerts.matchAll(/`(select [^`]+)`/g)].map(([, text = ""]) => text);
  expect(statements).not.toEqual([]);
  await using store = await openTestStore(":memory:");
  for (const statement of statements)
    expect((await sql.raw(statement).execute(store)).rows).toEqual([]);
});
