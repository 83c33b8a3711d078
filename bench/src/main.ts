import type { BenchResult } from "./bench-result.ts";
import { BENCHES } from "./benches.ts";
import { renderResult } from "./render-result.ts";

await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  const json = words.includes("--json");
  const names = words.filter((word) => word !== "--json");
  const unknown = names.find((name) => !(name in BENCHES));
  if (unknown !== undefined) {
    console.error(`no bench "${unknown}"; there are: ${Object.keys(BENCHES).join(", ")}`);
    process.exitCode = 2;
    return;
  }
  for (const [name, load] of Object.entries(BENCHES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const { run } = await load();
    const result: BenchResult = await run();
    console.log(json ? JSON.stringify(result) : renderResult(result));
  }
}
