import { expect, test } from "vitest";

import { parseAgentOutput } from "./agent-output.ts";

test("each line is an event; empty lines are none", () => {
  const output =
    '{"event":"unlock","outcome":"refused","code":"X"}\n\n{"event":"lock","outcome":"locked"}\n';
  expect(parseAgentOutput(output)).toEqual([
    { event: "unlock", outcome: "refused", code: "X" },
    { event: "lock", outcome: "locked" },
  ]);
});

test.each(["oops", '"text"', "null", '{"event":"unlock"}', '{"event":1,"outcome":"x"}'])(
  "a line that is not an event is an error: %s",
  (line) => {
    expect(() => parseAgentOutput(line)).toThrow(SyntaxError);
  },
);
