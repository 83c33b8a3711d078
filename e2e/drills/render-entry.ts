import { wrapProse } from "@databox-cmk/testkit";

import type { Drill } from "./drill.ts";
import { type Entry, renderTranscript } from "./transcript.ts";

/** The runbook's entry of a drill that was run. */
export function renderEntry(name: string, drill: Drill, transcript: readonly Entry[]): string {
  return [
    `### ${drill.title}`,
    wrapProse(`**When.** ${drill.when}`),
    renderTranscript(transcript),
    wrapProse(`**To undo.** ${drill.undo} (\`npm run drill -- ${name}\`)`),
  ].join("\n\n");
}
