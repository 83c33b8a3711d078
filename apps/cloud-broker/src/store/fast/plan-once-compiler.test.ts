import { describe, expect, test } from "vitest";

import { openStore } from "../open-store.ts";

describe("a comparison with a parameter", () => {
  test("hides it from SQLite's planner, and means the same", async () => {
    const store = await openStore(":memory:");
    try {
      await store
        .insertInto("consumed_nonces")
        .values(
          ["a", "b", "c"].map((name, index) => ({
            nonce_hash: name,
            request_hash: name,
            expires_at_ms: index,
          })),
        )
        .execute();
      const later = store
        .selectFrom("consumed_nonces")
        .select("nonce_hash")
        .where("expires_at_ms", ">=", 1)
        .where("request_hash", "!=", "none")
        .orderBy("nonce_hash")
        .limit(1);
      expect(later.compile().sql).toMatch(
        />= \(select \?\) .* != \(select \?\) .* limit \(select \?\)$/,
      );
      expect(await later.execute()).toEqual([{ nonce_hash: "b" }]);
    } finally {
      await store.destroy();
    }
  });

  test("leaves null and literal values as they are", async () => {
    const store = await openStore(":memory:");
    try {
      const { sql } = store
        .selectFrom("revocations")
        .select("id")
        .where("lifted_at_ms", "is", null)
        .where("scope", "in", ["a", "b"])
        .compile();
      expect(sql).toMatch(/"lifted_at_ms" is null and "scope" in \(\?, \?\)$/);
    } finally {
      await store.destroy();
    }
  });
});
