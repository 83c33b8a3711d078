import { findPostgres, hasPgbouncer, mayMount } from "@databox-cmk/testkit";
import { afterAll, describe, expect, test } from "vitest";

import { hasCryptsetup, isContinuousIntegration } from "../harness/cryptsetup.ts";
import type { Drill } from "./drill.ts";
import { DRILLS } from "./drills.ts";
import { hasFakeTime } from "./fake-time.ts";
import { openTheatre, type Theatre, type TheatreKind } from "./open-theatre.ts";
import { renderEntry } from "./render-entry.ts";
import { readEntry } from "./runbook.ts";

/**
 * The programs that a drill needs besides Node; in CI all of them must exist, or the drill fails.
 */
const CAN_OPEN: Readonly<Record<TheatreKind, boolean>> = {
  sqlite: true,
  postgres: findPostgres() !== undefined,
  pooled: findPostgres() !== undefined && hasPgbouncer(),
  "small-disk": mayMount(),
};
const theatreOf = ({ theatre = "sqlite" }: Drill): TheatreKind => theatre;
const needsFakeTime = new Set(["wrong-clock"]);

describe.each(Object.keys(CAN_OPEN) as TheatreKind[])("with %s", (kind) => {
  let opening: Promise<Theatre> | undefined;
  afterAll(async () => (await opening)?.[Symbol.asyncDispose]());

  const drills = Object.entries<Drill>(DRILLS).filter(([, drill]) => theatreOf(drill) === kind);
  test.each(drills)("the drill %s does what the runbook says", async (name, drill) => {
    const canRun = CAN_OPEN[kind] && hasCryptsetup && (hasFakeTime || !needsFakeTime.has(name));
    if (!canRun && !isContinuousIntegration) return;
    const { stage } = await (opening ??= openTheatre(kind));
    stage.takeTranscript(); // of a drill that failed before
    await drill.run(stage);
    expect(renderEntry(name, drill, stage.takeTranscript())).toBe(readEntry(name));
  });
});
