import { expect, test } from "vitest";

import {
  operationWeight,
  probeLoads,
  PROBE_SHARE,
  PROBE_STRETCH_MAX,
  probeStretch,
} from "./vault-capacity.ts";

const PROBING = { intervalSeconds: 30, operationsPer10Seconds: 4_000 };
const VAULT = "https://kv-one.vault.test";
const loadOf = (weight: number, identities: number) =>
  probeLoads([{ vaultUrl: VAULT, weight, identities }], PROBING).get(VAULT) ?? Number.NaN;

test.each([
  ["RSA", 2048, 4_000],
  ["RSA", 3072, 1_000],
  ["RSA", 4096, 500],
  ["RSA-HSM", 2048, 2_000],
  ["RSA-HSM", 3072, 500],
  ["RSA-HSM", 4096, 250],
])(
  "of a key of type %s with %i bits a vault does %i operations in ten seconds",
  (keyType, keySizeBits, most) => {
    expect(4_000 / operationWeight({ keyType, keySizeBits })).toBe(most);
  },
);

test("a single identity costs a Get and an unwrap, and of many each tenth a Get of its own", () => {
  expect(loadOf(1, 1) * 4_000).toBeCloseTo((2 * 10) / 30);
  expect(loadOf(1, 3_000) * 4_000).toBeCloseTo((3_348 * 10) / 30);
});

test("the probes of a key of 3072 bits and 3,000 identities leave half of the vault to unlocks", () => {
  const load = loadOf(4, 3_000);
  expect(load).toBeCloseTo(1.116);
  expect(load / probeStretch(load)).toBeCloseTo(PROBE_SHARE);
  expect(30 * probeStretch(load)).toBeCloseTo(67, 0);
  expect(probeStretch(loadOf(4, 1_000))).toBe(1);
  // 3,000 of the most expensive key do, too; of any number each is probed within ten intervals.
  expect(loadOf(16, 3_000) / probeStretch(loadOf(16, 3_000))).toBeCloseTo(PROBE_SHARE);
  expect(probeStretch(loadOf(16, 100_000))).toBe(PROBE_STRETCH_MAX);
});

test("the keys of one vault add up, and those of another do not", () => {
  const keys = [2, 3, 4].map((identities) => ({ vaultUrl: VAULT, weight: 1, identities }));
  const other = { vaultUrl: "https://kv-two.vault.test", weight: 1, identities: 1 };
  const loads = probeLoads([...keys, other], PROBING);
  expect(loads.get(VAULT)).toBeCloseTo(loadOf(1, 2) + loadOf(1, 3) + loadOf(1, 4));
  expect(loads.get(other.vaultUrl)).toBeCloseTo(loadOf(1, 1));
  expect(probeStretch(loads.get("https://kv-three.vault.test"))).toBe(1);
});
