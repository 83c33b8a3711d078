import { expect, test } from "vitest";

import { encodeBase64 } from "./encode-base64.ts";

test.each([0, 1, 2, 8191, 8192, 8193, 65_536])("%d bytes come back as they were", (length) => {
  const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) % 256);
  const text = atob(encodeBase64(bytes));
  expect(Uint8Array.from(text, (character) => character.codePointAt(0) ?? 0)).toEqual(bytes);
});
