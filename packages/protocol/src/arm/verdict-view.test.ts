import { expect, test } from "vitest";
import * as z from "zod/mini";

import { orderNodes, orderSummary } from "./order-summary.ts";
import { NO_VERDICT, nextStep } from "./verdict-view.ts";

test("answers of an older service, without a verdict, can be read", () => {
  expect(z.parse(orderNodes, { value: [] })).toEqual({ value: [], verdict: NO_VERDICT });
  expect(z.parse(orderSummary.shape.unlock, undefined)).toEqual({
    state: "Ready",
    nextStep: NO_VERDICT.nextStep,
  });
});

test("a person whom only a newer service names is its operator's to tell", () => {
  expect(z.parse(nextStep, { who: "auditor", text: "" }).who).toBe("broker-operator");
});
