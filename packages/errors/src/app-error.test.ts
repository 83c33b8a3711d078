import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import { rowsAndReasons } from "../test/rows-and-reasons.ts";
import { AppError, toAppError } from "./app-error.ts";
import { explain } from "./explain.ts";
import { isErrorCode } from "./table.ts";

describe("AppError", () => {
  test.each(rowsAndReasons())("$code $reason carries the table's message", ({ code, reason }) => {
    const error = new AppError(code, { reason });
    expect(error.message).toBe(explain(code, { reason }).message);
    expect(error.code).toBe(code);
    expect(error.reason).toBe(reason);
    expect(error.facts).toEqual({});
    expect("cause" in error).toBe(false);
  });

  test("a reason that the row does not list is a programming error", () => {
    expect(() => new AppError("DiskFull", { reason: "role" })).toThrow(RangeError);
  });

  test.prop([fc.string({ unit: "binary", maxLength: 2000 })])(
    "a detail is one printable line of at most 500 characters, also when it quotes foreign text",
    (detail) => {
      const error = new AppError("InvalidRequestContent", { detail });
      expect(error.detail).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(error.detail?.length).toBeLessThanOrEqual(500);
    },
  );
});

describe("toAppError", () => {
  test.prop([fc.anything()])(
    "anything thrown becomes InternalError with it as the cause",
    (thrown) => {
      const error = toAppError(thrown);
      expect(error.code).toBe("InternalError");
      expect(error.cause).toBe(thrown);
      expect(error.message).toBe("An unexpected fault occurred");
    },
  );

  test("an AppError stays the same object, its cause with it", () => {
    const cause = new Error("disk");
    const error = new AppError("DiskFull", { cause });
    expect(toAppError(error)).toBe(error);
    expect(error.cause).toBe(cause);
  });
});

test.each([
  ["SsemUserErrorEncryptionKeyDisabled", true],
  ["InternalError", true],
  ["internalerror", false],
  ["toString", false],
  ["__proto__", false],
  ["", false],
])("%j is a code: %s", (value, expected) => {
  expect(isErrorCode(value)).toBe(expected);
});
