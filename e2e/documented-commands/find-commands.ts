import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { ROOT } from "./clean-clone.ts";

/** Programs that a reader has (npm, npx, node), and those that only the set-up brings. */
const PROGRAM = /^(?:npm|npx|pnpm|yarn|turbo|vitest|oxlint|oxfmt|knip|tsc) +\S|^node +\S*\/\S/;
const ASSIGNMENTS = /^(?:[A-Z_]+=\S* +)+/;

export type DocumentedCommand = { readonly command: string; readonly pages: readonly string[] };

/**
 * Every command of this project that a Markdown page names, in a code block or within a sentence.
 */
export function findCommands(): readonly DocumentedCommand[] {
  const pages = filesOf("*.md").filter((page) => !page.startsWith(".ci/"));
  const found = pages.flatMap((page) =>
    commandsOf(readFileSync(join(ROOT, page), "utf8")).map((command) => ({ command, page })),
  );
  return [...Map.groupBy(found, ({ command }) => command)].map(([command, places]) => ({
    command,
    pages: [...new Set(places.map(({ page }) => page))],
  }));
}

/** Files of the working tree, whether committed or not. */
export function filesOf(...patterns: readonly string[]): readonly string[] {
  const parameters = ["ls-files", "--cached", "--others", "--exclude-standard", ...patterns];
  return execFileSync("git", parameters, { cwd: ROOT, encoding: "utf8" })
    .split("\n")
    .filter((path) => path !== "" && existsSync(join(ROOT, path)));
}

export function commandsOf(page: string): readonly string[] {
  const blocks = [...page.matchAll(/^ *```.*\n([^]*?)^ *```/gm)].flatMap(([, block = ""]) =>
    block.split("\n"),
  );
  const prose = page.replaceAll(/^ *```.*\n[^]*?^ *```/gm, "");
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
  return [...blocks, ...spans].flatMap(commandsOfLine);
}

function commandsOfLine(line: string): readonly string[] {
  return line
    .replaceAll(/\s+/g, " ")
    .replace(/ #.*$/, "")
    .split(/&&|\|\||[|;>]/)
    .map((part) => part.trim().replace(/^\$ /, "").replace(ASSIGNMENTS, "").replace(/ --$/, ""))
    .filter((part) => PROGRAM.test(part));
}
