import { readFileSync, writeFileSync } from "node:fs";

const RUNBOOK = new URL("../../docs/operate/runbook.md", import.meta.url);
const markOf = (name: string) => ({
  begin: `<!-- drill ${name}: written by npm run drill -- --write -->`,
  end: `<!-- end of ${name} -->`,
});

/** The entry as the runbook has it. @throws {Error} for a drill without its marks in the runbook */
export function readEntry(name: string): string {
  const text = readFileSync(RUNBOOK, "utf8");
  const { from, to } = placeOf(text, name);
  return text.slice(from, to).trim();
}

/** The page's commands that set up a shell, before all drills. */
export function readSettings(): string {
  const [, settings] =
    /^<!-- a shell for all drills -->\n+```\n([^]*?)^```$/m.exec(readFileSync(RUNBOOK, "utf8")) ??
    [];
  if (settings === undefined) throw new Error("docs/operate/runbook.md sets up no shell");
  return settings;
}

/** The blocks of a language of another page for operators, in their order. */
export function readBlocks(page: string, language: string): readonly string[] {
  const text = readFileSync(new URL(page, RUNBOOK), "utf8");
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"));
  return [...blocks].map(([, block = ""]) => block);
}

export function writeEntry(name: string, entry: string): void {
  const text = readFileSync(RUNBOOK, "utf8");
  const { from, to } = placeOf(text, name);
  writeFileSync(RUNBOOK, `${text.slice(0, from)}\n\n${entry}\n\n${text.slice(to)}`);
}

function placeOf(text: string, name: string): { readonly from: number; readonly to: number } {
  const { begin, end } = markOf(name);
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`docs/operate/runbook.md has no place for ${name}: ${begin} … ${end}`);
  return { from: from + begin.length, to };
}
