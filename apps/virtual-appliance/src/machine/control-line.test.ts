import { expect, test } from "vitest";

import { parseResult, renderCommand } from "./control-line.ts";

test("a command is one line, for any words", () => {
  const line = renderCommand(7, { words: ["a b", "c\nd", "", "é"], input: "code\n" });
  expect(line.match(/\n/g)).toHaveLength(1);
  expect(line.split(" ")).toHaveLength(6);
  expect(line.startsWith("7 ")).toBe(true);
});

test("an answer is read back, and noise of the console is none", () => {
  const word =
    renderCommand(1, { words: ["Köln\n"], input: "" })
      .trim()
      .split(" ")[2] ?? "";
  expect(parseResult(`3 4 ${word} -`)).toEqual({
    id: 3,
    result: { exitCode: 4, stdout: "Köln\n", stderr: "" },
  });
  expect(parseResult("ready 0 - -")?.id).toBe("ready");
  expect(parseResult("[    1.0] random: crng init done")).toBeUndefined();
});
