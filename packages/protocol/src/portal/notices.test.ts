import { expect, test } from "vitest";

import { noticeChoices, noticeList } from "./notices.ts";

const read = { id: "1", at: "2026-01-01T00:00:00.000Z", isRead: false };

test("a kind that only a newer service knows is left out, and a known one must be whole", () => {
  const known = { ...read, kind: "all-revoked" };
  expect(noticeList.parse({ value: [{ ...read, kind: "newer" }, known] })).toEqual({
    value: [known],
  });
  expect(noticeList.safeParse({ value: [{ kind: "all-revoked" }] }).success).toBe(false);
});

test("a page leaves out the kinds of e-mail that only a newer service knows", () => {
  const row = { channels: [], allowedIn: [], signedInOnly: [], chosenIn: [] };
  const known = { ...row, type: "com.databox-cmk.policy.changed" };
  const kinds = [{ ...row, type: "com.databox-cmk.newer" }, known];
  expect(noticeChoices.parse({ hasMailServer: true, kinds }).kinds).toEqual([known]);
});
