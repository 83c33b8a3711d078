import { parseArgs } from "node:util";

import { setup as buildPrograms } from "../harness/build-agent.ts";
import { openDrillStack, type StackKind } from "./drill-stack.ts";
import type { Drill } from "./drill.ts";
import { DRILLS } from "./drills.ts";
import { renderEntry } from "./render-entry.ts";
import { writeEntry } from "./runbook.ts";

const USAGE = `usage: npm run drill -- [--list] [--write] [NAME …]

  NAME      plays these drills; all without a name
  --list    prints the names
  --write   also writes them into docs/operate/runbook.md`;

function readCommandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        list: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exit(2);
  }
}
const { values, positionals } = readCommandLine();
const print = (text: string) => process.stdout.write(`${text}\n`);
if (values.help) {
  print(USAGE);
  process.exit();
}
if (values.list) {
  print(Object.keys(DRILLS).join("\n"));
  process.exit();
}
const unknown = positionals.filter((name) => !(name in DRILLS));
if (unknown.length > 0) {
  process.stderr.write(
    `No drill ${unknown.join(", ")}. Choose of: ${Object.keys(DRILLS).join(", ")}\n`,
  );
  process.exit(2);
}
const chosen = Object.entries<Drill>(DRILLS).filter(
  ([name]) => positionals.length === 0 || positionals.includes(name),
);
buildPrograms();
const byStack = Map.groupBy(chosen, ([, { stack }]): StackKind => stack ?? "sqlite");
for (const [kind, drills] of byStack) {
  await using stack = await openDrillStack(kind);
  for (const [name, drill] of drills) {
    const startedMs = performance.now();
    await drill.run(stack);
    const entry = renderEntry(name, drill, stack.takeTranscript());
    print(`${entry}\n\n(${((performance.now() - startedMs) / 1000).toFixed(1)} s)\n`);
    if (values.write) writeEntry(name, entry);
  }
}
