// @module-tag one-engine

import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { SETTINGS } from "../../src/config/config.ts";
import { operationWeight, PROBE_SHARE, probeLoads } from "../../src/core/vault-capacity.ts";
import { renderLimits } from "./write-limits.ts";

test("the page of limits is as the code is, and names each setting of a limit", () => {
  const page = new URL("../../../../docs/reference/limits.md", import.meta.url);
  expect(readFileSync(page, "utf8")).toBe(renderLimits());
  const limits = Object.keys(SETTINGS).filter((name) => /^(MAX_|RATE_LIMIT_)|_PER_/.test(name));
  expect(limits.filter((name) => !renderLimits().includes(`\`${name}\``))).toEqual([]);
});

test("the page of capacity has as many operations and probed identities of each key as the code", () => {
  const page = readFileSync(
    new URL("../../../../docs/operate/capacity.md", import.meta.url),
    "utf8",
  );
  const operationsPer10Seconds = Number(SETTINGS.VAULT_OPERATIONS_PER_10_SECONDS.default);
  const intervalSeconds = Number(SETTINGS.PROBE_INTERVAL_SECONDS.default);
  const loadOf = (weight: number, identities: number) =>
    probeLoads([{ vaultUrl: "", weight, identities }], { intervalSeconds, operationsPer10Seconds });
  const probed = (weight: number): number => {
    let identities = 0;
    while ((loadOf(weight, identities + 1).get("") ?? 0) <= PROBE_SHARE) identities += 1;
    return identities;
  };
  for (const keySizeBits of [2048, 3072, 4096])
    for (const figure of [(weight: number) => operationsPer10Seconds / weight, probed]) {
      const cells = ["RSA", "RSA-HSM"].map((keyType) =>
        figure(operationWeight({ keyType, keySizeBits })).toLocaleString("en"),
      );
      expect(page).toContain(`| RSA ${String(keySizeBits)} | ${cells.join(" | ")} |`);
    }
});
