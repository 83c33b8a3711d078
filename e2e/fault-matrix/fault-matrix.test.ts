import { readFileSync } from "node:fs";

import { beforeAll, describe, expect, test } from "vitest";

import { FAULTS, SHOWN_ELSEWHERE } from "./faults.ts";
import { AGENT_FAULTS } from "./faults/agent-faults.ts";
import { STAGE_FAULTS } from "./faults/stage-faults.ts";
import { runMatrix, type Verdict } from "./run-matrix.ts";

/**
 * Rows of the failure mapping (its test in the broker has the same numbers;
 * docs/design/decisions/0006).
 */
const MAPPING_ROWS = Array.from({ length: 31 }, (_, index) => index + 1);
/** Codes without a specific cause, for unknown failures. */
const GENERIC = new Set(["PasskeyUnavailable", "InternalError"]);
/** Failures that are not the customer's: those of the service's own key. */
const WITHOUT_NAME = ["the service's own key is refused to the broker"];

let verdicts: ReadonlyMap<string, Verdict>;

beforeAll(async () => {
  const run = await runMatrix(() => undefined);
  verdicts = new Map(run.map((verdict) => [verdict.fault.name, verdict]));
});

describe("the table", () => {
  test("has every row of the failure mapping, and names each fault once", () => {
    const rows = new Set(FAULTS.flatMap(({ row }) => (row === undefined ? [] : [row])));
    expect([...rows].toSorted((one, other) => one - other)).toEqual(MAPPING_ROWS);
    const names = [...FAULTS, ...AGENT_FAULTS, ...STAGE_FAULTS].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test("uses no generic code for a fault that has a name", () => {
    const generic = FAULTS.filter(({ code }) => GENERIC.has(code));
    expect(generic.map(({ name }) => name).toSorted()).toEqual(WITHOUT_NAME.toSorted());
  });

  test.each(SHOWN_ELSEWHERE)("leaves $name to $test", ({ reason, test: file }) => {
    expect(readFileSync(new URL(`../../${file}`, import.meta.url), "utf8")).toContain(reason);
  });

  test("covers every class of outcome of an unlock with the real agent", () => {
    const classes = FAULTS.filter(({ site }) => site === "agent").map((fault) => fault.class);
    // None is internal: every answer of Azure has a name.
    expect([...new Set(classes)].toSorted()).toEqual(["invalid", "refused", "unreachable"]);
  });
});

describe("each fault has its one name at every surface, changes nothing, and is cured", () => {
  test.each(FAULTS)("$name: $code $reason", ({ name }) => {
    expect(verdicts.get(name)?.problems).toEqual([]);
  });
});

// Evidence: Signed re-locks only.
describe("the real agent never treats an answer from between it and its broker as a refusal", () => {
  test.each(AGENT_FAULTS)("$name: $code $reason", ({ name }) => {
    expect(verdicts.get(name)?.problems).toEqual([]);
  });
});

describe("the real agent is refused each wrong step of ingest and erasure, by its one name", () => {
  test.each(STAGE_FAULTS)("$name: $code $reason", ({ name }) => {
    expect(verdicts.get(name)?.problems).toEqual([]);
  });
});
