import { expect, test } from "vitest";

import { en } from "../texts/en.ts";
import { describeProblem } from "./describe-problem.ts";
import { problemOfCode } from "./problem.ts";

test("a problem is handed on with its person, its steps and the page that has the buttons", () => {
  const facts = { orderId: "/subscriptions/s/o", orderName: "atlas" };
  const text = describeProblem(
    problemOfCode("UnlockRevoked", { facts }),
    "https://broker.example/portal/orders/atlas",
    en,
  );
  expect(text.split("\n")).toEqual([
    "Unlocking is switched off",
    "Unlocking was switched off for this order",
    "Who must act: Security administrator",
    "Code: UnlockRevoked",
    expect.stringMatching(/^1\. /),
    expect.stringMatching(/^az rest /),
    expect.stringMatching(/^2\. /),
    expect.stringMatching(/^az rest .*restoreAccess/),
    expect.stringMatching(/^3\. /),
    "databox-agent unlock",
    "https://broker.example/portal/orders/atlas",
  ]);
});
