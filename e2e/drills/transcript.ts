import { wrapProse } from "@databox-cmk/testkit";

/** The actions and outputs of a drill, in order. */
export type Entry =
  | { readonly kind: "step"; readonly text: string }
  | {
      readonly kind: "typed";
      readonly at: "broker" | "appliance";
      readonly command: string;
      readonly printed: string;
    };

/** Values that differ from run to run, and their placeholders in the runbook. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "‹id›"],
  // Folders of servers that a drill starts, also within an address.
  [/(?:[\w.-]*(?:\/|%2F))+(?:pgbouncer-|databox-postgres[.\d]*\.)\w{6}\b/g, "…"],
  [/\b[0-9a-f]{32}\b/g, "‹version›"],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)/g, "‹time›"],
  [/((?:\.|@)localhost):\d+/g, "$1"],
  [/"enrolmentCode":"[^"]+"/g, '"enrolmentCode":"‹code›"'],
  [/(^|[ (])[ ]*\d+(?:\.\d+)? ?(?:ms|s)\b/gm, "$1‹duration›"],
  // One may begin or end with a hyphen, where `\b` finds no boundary.
  [/(?<![\w-])[\w-]{43}(?![\w-])/g, "‹thumbprint›"],
  // Facts of the machine that plays the drill.
  [/ \(no device-mapper here[^)]*\)/g, ""],
  [/\b\d+ rows\b/g, "… rows"],
];

/** @param names - of folders, in the order of their paths' length: the shortest last */
export function blur(text: string, names: readonly (readonly [string, string])[]): string {
  let blurred = text;
  for (const [path, name] of names) blurred = blurred.replaceAll(path, name);
  for (const [pattern, instead] of VARIABLE) blurred = blurred.replaceAll(pattern, instead);
  return blurred.trimEnd();
}

/** The entry's steps, numbered; below each the typed command and its output. */
export function renderTranscript(entries: readonly Entry[]): string {
  const lines: string[] = [];
  let number = 0;
  let open = false;
  for (const entry of entries) {
    if (entry.kind === "step") {
      if (open) lines.push("   ```");
      open = false;
      number += 1;
      lines.push(wrapProse(entry.text, `${String(number)}. `));
      continue;
    }
    if (!open) lines.push("   ```");
    open = true;
    const prompt = entry.at === "appliance" ? "appliance$ " : "$ ";
    lines.push(...indented(`${prompt}${entry.command}`));
    if (entry.printed !== "") lines.push(...indented(entry.printed));
  }
  if (open) lines.push("   ```");
  return lines.join("\n");
}

const indented = (text: string): string[] => text.split("\n").map((line) => `   ${line}`.trimEnd());
