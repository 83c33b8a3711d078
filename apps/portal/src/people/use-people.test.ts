import { expect, test } from "vitest";

import type { Client } from "../api/client.ts";
import { readPeople, searchPeople } from "./use-people.ts";

/** Answers every question with Ada. */
function openDirectory() {
  const filters: string[] = [];
  const read: Client["read"] = (path, schema) => {
    filters.push(new URL(path, "https://any").searchParams.get("$filter") ?? "");
    return Promise.resolve(schema.parse({ value: [{ id: "A1", displayName: "Ada" }] }) as never);
  };
  return { filters, client: { read } as Client };
}

const { signal } = new AbortController();

test("people are read by their ids, fifteen at once", async () => {
  const { filters, client } = openDirectory();
  const ids = Array.from({ length: 16 }, (_, index) => String(index));
  const found = await readPeople(client, ids, signal);
  expect(filters.map((filter) => filter.split(",").length)).toEqual([15, 1]);
  expect(filters[1]).toBe("id in ('15')");
  expect(found[0]).toEqual({ id: "a1", name: "Ada", signInName: "" });
  expect(await readPeople(client, [], signal)).toEqual([]);
});

test("people are found by the beginning of either name, and an apostrophe stays part of it", async () => {
  const { filters, client } = openDirectory();
  await searchPeople(client, "O'Neil", signal);
  expect(filters).toEqual([
    "startswith(displayName,'O''Neil') or startswith(userPrincipalName,'O''Neil')",
  ]);
});
