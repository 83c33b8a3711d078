import { expect, test } from "vitest";

import { approvalCountsFor } from "./approval-counts.ts";

test.each([
  ["databox-agent/0.1.0", 6, 0, { required: 5, given: 0 }],
  ["databox-agent/0.1.0", 6, 5, { required: 5, given: 4 }],
  ["databox-agent/0.1.0", 5, 4, { required: 5, given: 4 }],
  ["databox-agent/0.2.0 (v0.2.0)", 6, 5, { required: 6, given: 5 }],
  ["another/0.1.0", 6, 0, { required: 6, given: 0 }],
])(
  "agent %s, %i approvals needed, %i given: the answer has %j",
  (agent, required, given, counts) => {
    expect(approvalCountsFor(agent, { required, given })).toEqual(counts);
  },
);
