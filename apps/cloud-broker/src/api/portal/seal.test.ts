import { randomBytes } from "node:crypto";

import { describe, expect, test } from "vitest";

import { createSeal } from "./seal.ts";

const key = randomBytes(32);
const seal = createSeal(key);
const value = { refreshToken: "secret" };

describe("a sealed value", () => {
  test("opens for its purpose, on every replica that has the key", async () => {
    const sealed = await seal.close("session a", value);
    expect(sealed).not.toContain(Buffer.from("secret").toString("base64url"));
    expect(await createSeal(Buffer.from(key)).open("session a", sealed)).toEqual(value);
  });

  test("does not open in another one's place", async () => {
    expect(await seal.open("session b", await seal.close("session a", value))).toBeUndefined();
  });

  test("does not open by another key", async () => {
    const sealed = await createSeal(randomBytes(32)).close("session a", value);
    expect(await seal.open("session a", sealed)).toBeUndefined();
  });

  test("does not open once any of its parts is changed", async () => {
    const sealed = await seal.close("session a", value);
    for (const at of [0, 2, 3, 4]) {
      const parts = sealed.split(".");
      const part = parts[at] ?? "";
      parts[at] = `${part.startsWith("A") ? "B" : "A"}${part.slice(1)}`;
      expect(await seal.open("session a", parts.join("."))).toBeUndefined();
    }
  });

  test.each(["", "....", "no seal", '{"alg":"none"}'])("is not %j", async (text) => {
    expect(await seal.open("session a", text)).toBeUndefined();
  });
});
