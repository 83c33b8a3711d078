import {
  STAGE_NAMES,
  type StageName,
  type TransferType,
  type UnlockRequest,
} from "@databox-cmk/protocol";
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import { decideUnlock, type UnlockFacts } from "./decide-unlock.ts";
import { foldOrderId } from "./order.ts";
import { purposeAllowed, type UnlockPurpose } from "./unlock-purposes.ts";

const ORDER = foldOrderId("order");
const REQUEST: UnlockRequest = {
  nonce: "nonce",
  order: ORDER,
  serial: "serial",
  env: "env",
  generation: 3,
  purpose: "unlock",
  bootId: "boot",
  counter: 8,
  hpke: { suite: "X-Wing", publicKey: "key" },
  agent: "",
};
const FACTS: UnlockFacts = {
  requestHash: "hash",
  nonce: "valid",
  nonceUsedBy: undefined,
  isWaiting: false,
  node: { order: ORDER, serial: "serial", lastCounter: 7, minimumSuiteStrength: 2 },
  suite: { strength: 2, publicKeyBytes: 1216 },
  publicKeyBytes: 1216,
  withheld: undefined,
  envelope: { env: "env", generation: 3 },
};

type Fault = {
  readonly request?: Partial<UnlockRequest>;
  readonly facts?: Partial<UnlockFacts>;
  readonly code: string;
};
/** In the order of the checks: of two faults, the earlier one is the answer. */
const FAULTS: readonly Fault[] = [
  { facts: { nonce: "invalid" }, code: "NonceInvalid" },
  { facts: { nonceUsedBy: { requestHash: "another", sinceMs: 0 } }, code: "ReplayDetected" },
  { request: { counter: 7 }, code: "CounterRollback" },
  { request: { order: "another" }, code: "OrderMismatch" },
  { request: { env: "another" }, code: "EnvelopeMismatch" },
  { request: { generation: 4 }, code: "GenerationRollback" },
  { facts: { suite: { strength: 1, publicKeyBytes: 1216 } }, code: "SuiteDowngrade" },
  { facts: { publicKeyBytes: 32 }, code: "DeviceMessageMalformed" },
  { facts: { withheld: { code: "UnlockRevoked" } }, code: "UnlockRevoked" },
];
const codeOf = (faults: readonly Fault[]): string => {
  const request = Object.assign(
    {},
    REQUEST,
    ...faults.map((fault) => fault.request),
  ) as UnlockRequest;
  const facts = Object.assign({}, FACTS, ...faults.map((fault) => fault.facts)) as UnlockFacts;
  const decision = decideUnlock(request, facts);
  return decision.ok ? "allowed" : decision.failure.code;
};

const usedSince = (sinceMs: number) => ({
  facts: { nonceUsedBy: { requestHash: "hash", sinceMs } },
  code: "",
});

describe("an unlock", () => {
  test("is allowed when nothing speaks against it", () => {
    expect(decideUnlock(REQUEST, FACTS)).toEqual({ ok: true, value: { sendEnvelope: false } });
  });

  // Evidence: Lower generations.
  test("of an older generation is allowed and brings the current envelope", () => {
    expect(decideUnlock({ ...REQUEST, generation: 2 }, FACTS)).toEqual({
      ok: true,
      value: { sendEnvelope: true },
    });
  });

  test.each(FAULTS)("is refused by $code alone", (fault) => {
    expect(codeOf([fault])).toBe(fault.code);
  });

  test.prop([fc.subarray([...FAULTS], { minLength: 1 })])(
    "with many faults is answered by the first check that fails",
    (faults) => {
      expect(codeOf(faults)).toBe(faults[0]?.code);
    },
  );

  test("with a nonce that this very message used up is out of date, not a replay", () => {
    expect(codeOf([usedSince(0)])).toBe("BrokerBusy");
    expect(codeOf([usedSince(14_999)])).toBe("BrokerBusy");
    expect(codeOf([usedSince(15_000)])).toBe("NonceExpired");
  });

  test("of an order without envelope says that there are no secrets", () => {
    expect(codeOf([{ facts: { envelope: undefined }, code: "" }])).toBe(
      "SsemUserErrorSecretsNotGenerated",
    );
  });
});

describe("a purpose", () => {
  const STAGES = [...STAGE_NAMES, "constructor" as string as StageName];
  const FIELD = ["DevicePrepared prepare", "Dispatched unlock", "Delivered unlock"];
  const ALLOWED: Readonly<Record<TransferType, readonly string[]>> = {
    ImportToAzure: [...FIELD, "AtAzureDC ingest", "DataCopy ingest"],
    ExportFromAzure: [...FIELD, "DataCopy fill"],
  };
  const PURPOSES: readonly UnlockPurpose[] = ["prepare", "unlock", "ingest", "fill"];
  const all = STAGES.flatMap((stage) => PURPOSES.map((purpose) => [stage, purpose] as const));
  const allowedFor = (transferType: TransferType) =>
    all
      .filter(([stage, purpose]) => purposeAllowed({ stage, transferType }, purpose))
      .map((pair) => pair.join(" "));

  // Evidence: Everything allowed by default.
  test("is allowed in the stages that name it, and denied in all others", () => {
    expect({
      ImportToAzure: allowedFor("ImportToAzure"),
      ExportFromAzure: allowedFor("ExportFromAzure"),
    }).toEqual(ALLOWED);
  });
});
