import type { CampaignView } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { renderDetails, renderDuration, renderOrder, renderStatus } from "./render-status.ts";

const CAMPAIGN: CampaignView = {
  id: "c1",
  action: { kind: "rotate" },
  selector: { keyUrl: "https://kv.vault.azure.net/keys/k" },
  dryRun: false,
  origin: "operator",
  state: "Running",
  createdAt: "2026-01-02T03:04:05.6780000+00:00",
  createdBy: "ada",
  changedAt: "2026-01-02T03:04:05.6780000+00:00",
  progress: {
    total: 10_000,
    done: 2500,
    failed: 1,
    waiting: 7499,
    failedByCode: [{ code: "ResourceNotFound", count: 1, message: "There is no such resource." }],
  },
  estimate: { ordersPerSecond: 57.1, secondsLeft: 132 },
};

test("a campaign is one line with its progress and the time left", () => {
  expect(renderStatus(CAMPAIGN)).toBe(
    "Running [######..................] 2,501/10,000 25% · 1 failed · 57.1/s · 2 min 12 s left",
  );
});

test("its details name what failed, and why", () => {
  expect(renderDetails(CAMPAIGN)).toContain("1 × ResourceNotFound: There is no such resource.");
});

test.each([
  [59, "59 s"],
  [60, "1 min 0 s"],
  [7322, "2 h 2 min"],
])("%d seconds are %s", (seconds, text) => {
  expect(renderDuration(seconds)).toBe(text);
});

test("a failed order comes with its next steps", () => {
  const text = renderOrder({
    order: "/subscriptions/s/resourcegroups/g/providers/microsoft.databox/jobs/order-1",
    state: "Failed",
    attempts: 1,
    error: {
      code: "SsemUserErrorEncryptionKeyDisabled",
      message: "The key is disabled.",
      target: "KeyEncryptionKey",
      details: [],
      additionalInfo: [
        {
          type: "Recovery",
          info: { who: "x", steps: [{ text: "Enable the key", command: "az keyvault key …" }] },
        },
      ],
    },
  });
  expect(text.split("\n").at(-1)).toBe("  - Enable the key: az keyvault key …");
});
