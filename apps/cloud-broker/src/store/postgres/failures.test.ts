import { expect, test } from "vitest";

import { databaseFailure, endsConnection, isLostRace, isUndone } from "./failures.ts";

const failure = (code?: string) => Object.assign(new Error("a failure"), { code });

test.each([
  // A statement that failed: its transaction is undone, and the connection can be used again.
  { code: "23505", isUndone: true, ends: false },
  { code: "22012", isUndone: true, ends: false },
  { code: "40001", isUndone: true, ends: false, isRace: true },
  { code: "40P01", isUndone: true, ends: false, isRace: true },
  { code: "26000", isUndone: true, ends: false, isRace: true },
  { code: "55P03", isUndone: true, ends: false },
  { code: "57014", isUndone: true, ends: true },
  // Another server is needed.
  { code: "25006", isUndone: true, ends: true },
  // The connection ended, maybe during a commit.
  { code: "57P01", isUndone: false, ends: true },
  { code: "25P03", isUndone: false, ends: true },
  { code: "08006", isUndone: false, ends: true },
  { code: "53100", isUndone: false, ends: true },
  { code: "EPIPE", isUndone: false, ends: true },
  { code: "ECONNRESET", isUndone: false, ends: true },
  { code: undefined, isUndone: false, ends: false },
])("a failure with the code $code", ({ code, isUndone: undone, ends, isRace = false }) => {
  const error = failure(code);
  expect(isUndone(error)).toBe(undone);
  expect(isUndone(databaseFailure(error))).toBe(undone);
  expect(endsConnection(error)).toBe(ends);
  expect(isLostRace(error)).toBe(isRace);
});
