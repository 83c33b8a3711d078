import { expect, test } from "vitest";

import { renderDetails } from "./event-details.ts";

test("details have words and units and a fixed order, and absent ones are left out", () => {
  expect(
    renderDetails({
      graceLeftSeconds: 870,
      secondsSinceAnswer: 30,
      preparedToShip: true,
      order: "/subscriptions/s",
      undeliveredJournalRows: 0,
    }),
  ).toEqual([
    "  Order: /subscriptions/s",
    "  Prepared to ship: yes",
    "  Last answer of the broker: 30 s ago",
    "  Stays open without an answer: 14 min 30 s",
    "  Journal rows to deliver: 0",
  ]);
});
