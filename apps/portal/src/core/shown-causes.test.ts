import { expect, test } from "vitest";

import { untoldFailures } from "./shown-causes.ts";

const KEY = "SsemUserErrorEncryptionKeyDisabled";
const STAGE = "PurposeForbidden";

test("a failed unlock is shown unless a shown cause has the same code", () => {
  const failed = [{ problem: { code: KEY } }, { problem: { code: STAGE } }];
  const left = (...codes: string[]) =>
    untoldFailures(
      failed,
      codes.map((code) => ({ code })),
    ).map(({ problem }) => problem.code);
  expect(left()).toEqual([KEY, STAGE]);
  expect(left(STAGE)).toEqual([KEY, STAGE]);
  expect(left(KEY, STAGE)).toEqual([STAGE]);
});
