import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { COMMAND_OPTIONS, GLOBAL_OPTIONS } from "../src/command-line/option-table.ts";

const GUIDE = readFileSync(new URL("../../../docs/appliance/agent.md", import.meta.url), "utf8");
const SECTIONS = GUIDE.split(/^#+ /m).map((section) => {
  const [title = "", ...lines] = section.split("\n");
  // The first cell of each row of its tables, without the cells' own formatting.
  const cells = lines.flatMap(
    (line) => /^\| `(.+?)` *\|/.exec(line.replaceAll("\\|", "/"))?.[1] ?? [],
  );
  return { title, cells };
});

const cellsUnder = (isWanted: (title: string) => boolean) =>
  SECTIONS.filter(({ title }) => isWanted(title)).flatMap(({ cells }) => cells);
const rowsOf = (command: string) =>
  cellsUnder((title) => title === "Commands").filter((cell) => cell.split(" ")[0] === command);
const optionsIn = (cells: readonly string[]) =>
  cells.flatMap((cell) => cell.match(/--[a-z-]+/g) ?? []).map((name) => name.slice(2));

describe("docs/appliance/agent.md has a row", () => {
  test("for each option that every command takes", () => {
    const found = optionsIn(cellsUnder((title) => title === "databox-agent"));
    expect(found.toSorted()).toEqual(Object.keys(GLOBAL_OPTIONS).toSorted());
  });

  test.each(Object.entries(COMMAND_OPTIONS))(
    "for %s and each of its options",
    (command, options) => {
      expect(rowsOf(command).length).toBeGreaterThan(0);
      const found = optionsIn([
        ...rowsOf(command),
        ...cellsUnder((title) => title.split(" ").includes(command)),
      ]);
      expect([...new Set(found)].toSorted()).toEqual(Object.keys(options).toSorted());
    },
  );
});
