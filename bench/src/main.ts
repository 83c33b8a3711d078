import type { BenchResult } from "./bench-result.ts";
import { BENCHES } from "./benches.ts";
import { publish } from "./publish.ts";
import { renderResult } from "./render-result.ts";

await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  const [first, file] = words;
  if (first === "publish" && file !== undefined) {
    publish(file);
    return;
  }
  if (first === "--list") {
    console.log(Object.keys(BENCHES).join("\n"));
    return;
  }
  const json = words.includes("--json");
  const names = words.filter((word) => word !== "--json");
  const unknown = names.find((name) => !(name in BENCHES));
  if (unknown !== undefined) {
    console.error(
      `no bench "${unknown}"; there are: ${Object.keys(BENCHES).join(", ")}; and: publish FILE`,
    );
    process.exitCode = 2;
    return;
  }
  for (const [name, load] of Object.entries(BENCHES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const { run } = await load();
    const result = await outcomeOf(name, run);
    console.log(json ? JSON.stringify(result) : renderResult(result));
  }
}

/** One that fails does not keep the others from being measured. */
async function outcomeOf(name: string, run: () => Promise<BenchResult>): Promise<BenchResult> {
  try {
    return await run();
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
    return { kind: "skipped", name, reason: "it failed" };
  }
}
