import { parseArgs } from "node:util";

import { setup as buildPrograms } from "../harness/build-agent.ts";
import { FAULTS, SHOWN_ELSEWHERE } from "./faults.ts";
import { AGENT_FAULTS } from "./faults/agent-faults.ts";
import { STAGE_FAULTS } from "./faults/stage-faults.ts";
import { renderElsewhere, renderHeader, renderVerdict } from "./render-matrix.ts";
import { runMatrix } from "./run-matrix.ts";

const print = (text: string) => process.stdout.write(`${text}\n`);

const { values } = parseArgs({ options: { list: { type: "boolean", default: false } } });
if (values.list) {
  print([...FAULTS, ...AGENT_FAULTS, ...STAGE_FAULTS].map(({ name }) => name).join("\n"));
  process.exit();
}
buildPrograms();
print(renderHeader());
const startedMs = performance.now();
const verdicts = await runMatrix((verdict) => print(renderVerdict(verdict)));
for (const elsewhere of SHOWN_ELSEWHERE) print(renderElsewhere(elsewhere));
const wrong = verdicts.filter(({ problems }) => problems.length > 0);
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
print(`\n${String(verdicts.length)} faults in ${seconds} s, ${String(wrong.length)} not as told`);
process.exitCode = wrong.length === 0 ? 0 : 1;
