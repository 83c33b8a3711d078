import { expect, test } from "vitest";

import { readEveryPage, readFilledPage } from "./read-every-page.ts";

test.each([
  ["Resource Manager", "https://arm.example/orders?%24skipToken=next", undefined],
  ["a vault", "https://v.vault.example/keys?$skiptoken=next", null],
])("the items of every page of %s are read, in order", async (_service, nextLink, none) => {
  const items = await readEveryPage((position) =>
    Promise.resolve(
      position === undefined
        ? { value: ["a", "b"], nextLink }
        : { value: [position], nextLink: none },
    ),
  );
  expect(items).toEqual(["a", "b", "next"]);
});

test("an empty page before others does not read as nothing", async () => {
  const pages: Readonly<Record<string, { value: number[]; nextLink?: string }>> = {
    "": { value: [], nextLink: "https://broker.test/?$skipToken=a" },
    a: { value: [], nextLink: "https://broker.test/?$skipToken=b" },
    b: { value: [1], nextLink: "https://broker.test/?$skipToken=c" },
  };
  const page = await readFilledPage(
    (position = "") => Promise.resolve(pages[position] ?? { value: [] }),
    undefined,
  );
  expect(page).toBe(pages["b"]);
  const last = await readFilledPage(() => Promise.resolve({ value: [] }), "c");
  expect(last).toEqual({ value: [] });
});
