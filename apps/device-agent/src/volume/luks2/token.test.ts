import { expect, test } from "vitest";

import { parseToken, renderToken } from "./token.ts";

test("a token gives back the envelope that it was made of", () => {
  expect(parseToken(renderToken("a.b.c"))).toBe("a.b.c");
});

test.each([
  "",
  "{}",
  "null",
  '{"type":"clevis","keyslots":["0"],"envelope":"a.b.c"}',
  '{"type":"databox-cmk","keyslots":["0"],"envelope":1}',
])("a token of another kind is none of ours: %s", (text) => {
  expect(parseToken(text)).toBeUndefined();
});
