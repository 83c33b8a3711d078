import { expect, test } from "vitest";

import { readEveryPage } from "./read-every-page.ts";

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
