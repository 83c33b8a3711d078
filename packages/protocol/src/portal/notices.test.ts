import { expect, test } from "vitest";

import { noticeList } from "./notices.ts";

const read = { id: "1", at: "2026-01-01T00:00:00.000Z", isRead: false };

test("a kind that only a newer service knows is left out, and a known one must be whole", () => {
  const known = { ...read, kind: "all-revoked" };
  expect(noticeList.parse({ value: [{ ...read, kind: "newer" }, known] })).toEqual({
    value: [known],
  });
  expect(noticeList.safeParse({ value: [{ kind: "all-revoked" }] }).success).toBe(false);
});
