import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { generatedFiles } from "../docs/generated-files.ts";

test.each([...generatedFiles()])(
  "$url is what the table says (run: pnpm errors:docs)",
  ({ url, text }) => {
    expect(readFileSync(url, "utf8")).toBe(text);
  },
);
