import { findPostgres, hasPgbouncer, mayMount } from "@databox-cmk/testkit";
import { afterAll, describe, expect, test } from "vitest";

import { hasCryptsetup, isContinuousIntegration } from "../harness/cryptsetup.ts";
import { type DrillStack, openDrillStack, type StackKind } from "./drill-stack.ts";
import type { Drill } from "./drill.ts";
import { DRILLS } from "./drills.ts";
import { hasFakeTime } from "./fake-time.ts";
import { renderEntry } from "./render-entry.ts";
import { readEntry } from "./runbook.ts";

/**
 * The programs that a drill needs besides Node; in CI all of them must exist, or the drill fails.
 */
const CAN_OPEN: Readonly<Record<StackKind, boolean>> = {
  sqlite: true,
  postgres: findPostgres() !== undefined,
  pooled: findPostgres() !== undefined && hasPgbouncer(),
  "small-disk": mayMount(),
};
const needsFakeTime = new Set(["wrong-clock"]);

describe.each(Object.keys(CAN_OPEN) as StackKind[])("with %s", (kind) => {
  let opening: Promise<DrillStack> | undefined;
  afterAll(async () => (await opening)?.[Symbol.asyncDispose]());

  const drills = Object.entries<Drill>(DRILLS).filter(([, { stack = "sqlite" }]) => stack === kind);
  test.each(drills)("the drill %s does what the runbook says", async (name, drill) => {
    const canRun = CAN_OPEN[kind] && hasCryptsetup && (hasFakeTime || !needsFakeTime.has(name));
    if (!canRun && !isContinuousIntegration) return;
    const stack = await (opening ??= openDrillStack(kind));
    stack.takeTranscript(); // of a drill that failed before
    await drill.run(stack);
    expect(renderEntry(name, drill, stack.takeTranscript())).toBe(readEntry(name));
  });
});
