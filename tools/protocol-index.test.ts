import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { renderIndex } from "./protocol-index.mjs";

test("packages/protocol exports every file; npm run docs writes its index", () => {
  const index = new URL("../packages/protocol/src/index.ts", import.meta.url);
  expect(readFileSync(index, "utf8")).toBe(renderIndex());
});
