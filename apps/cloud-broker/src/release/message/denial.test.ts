import { expect, test } from "vitest";

import { renderDenial } from "./denial.ts";

test("a denial is never cut within a character, which its reader would refuse", () => {
  const context = { requestHash: "h", correlationId: "c" };
  for (const start of ["", "-"]) {
    const detail = start + "\u{1F600}".repeat(512);
    const { message } = renderDenial({ code: "ApprovalRejected", detail }, context);
    expect(message).toHaveLength(1000);
    expect(message.isWellFormed()).toBe(true);
  }
});
