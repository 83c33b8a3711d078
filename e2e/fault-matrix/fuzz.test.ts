import { ERRORS, isErrorCode } from "@databox-cmk/errors";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { Fault } from "./fault.ts";
import { answer } from "./faults/shorthand.ts";
import { runFault } from "./run-fault.ts";
import { type FaultScope, type FaultWorld, openFaultWorld } from "./world/fault-world.ts";
import { openSite, type Site } from "./world/site.ts";

const RUNS = 200;
const SEED = 20_261_125;
/** Names by which Key Vault and Entra ID really refuse: not garbage. */
const AUTHORITATIVE = new Set(["Forbidden", "AccessDenied", "KeyNotFound"]);
/** The broker would wait for it, a second and more. */
const THROTTLED = 429;

let world: FaultWorld;
let site: Site;
beforeAll(async () => {
  world = await openFaultWorld();
  site = await openSite(world, { name: "garbage", appliance: "client" });
});
afterAll(() => world[Symbol.asyncDispose]());

const word = fc.stringMatching(/^[A-Za-z]{1,20}$/).filter((code) => !AUTHORITATIVE.has(code));
const status = fc.integer({ min: 400, max: 599 }).filter((number) => number !== THROTTLED);
const effect: fc.Arbitrary<object> = fc.oneof(
  fc.record({
    kind: fc.constant("status"),
    status,
    code: word,
    innerCode: word,
    message: fc.string({ maxLength: 60 }),
  }),
  fc.record({
    kind: fc.constant("status"),
    status,
    code: fc.string({ maxLength: 64 }).filter((code) => !AUTHORITATIVE.has(code)),
  }),
  fc.constantFrom<object>(
    { kind: "garbage-body" },
    { kind: "half-body" },
    { kind: "connection-reset" },
  ),
  fc.record({
    kind: fc.constant("wrong-content-type"),
    contentType: fc.constantFrom("text/html", "application/octet-stream", "application/jose", ""),
  }),
);
const scope: fc.Arbitrary<FaultScope> = fc.oneof(
  fc.record({
    service: fc.constant("key-vault" as const),
    operation: fc.constantFrom("get", "unwrapKey", "wrapKey"),
  }),
  fc.constant({ service: "key-vault" } as const),
  fc.record({
    service: fc.constant("entra" as const),
    operation: fc.constantFrom("token", "discovery"),
  }),
  fc.constant({ service: "resource-manager" } as const),
);
const surface = fc.constantFrom<Fault["shownBy"][number]>("unlock", "validate", "credentials");

// Evidence: A crafted input that occupies the processor.
test("for any garbage from the cloud, the broker answers, refuses no appliance, and leaves the order unchanged", async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      scope,
      fc.array(effect, { minLength: 1, maxLength: 2 }),
      surface,
      async (where, effects, looked) => {
        const vault = where.service === "key-vault" ? { vault: site.vaultName } : {};
        const fault: Fault = {
          name: "garbage",
          code: "KeyVaultUnexpectedAnswer",
          class: "unreachable",
          who: "nobody",
          site: "policies",
          shownBy: [looked],
          by: "broker",
          make: async () => {
            for (const each of effects) await world.addFault({ ...where, ...vault }, each);
            // A cached token would hide Entra ID's answer.
            if (where.service === "entra")
              await world.addFault(
                { service: "key-vault", vault: site.vaultName, operation: "get" },
                answer(401, "Unauthorized"),
                1,
              );
          },
          cure: () => world.clearFaults(),
        };
        const { seen: said, before, after, cured } = await runFault(fault, { world, site });
        const code = said[looked]?.code ?? "granted";
        seen.set(code, (seen.get(code) ?? 0) + 1);
        expect(code).toSatisfy((text: string) => text === "granted" || isErrorCode(text));
        expect(isErrorCode(code) ? ERRORS[code].class : "granted").not.toBe("refused");
        expect(said[looked]?.code).not.toBe("InternalError");
        expect(after).toBe(before);
        expect(cured).toBe("unlocked");
      },
    ),
    { numRuns: RUNS, seed: SEED },
  );
  expect(seen.get("KeyVaultUnexpectedAnswer")).toBeGreaterThan(RUNS / 10);
  expect(seen.get("KeyVaultUnreachable")).toBeGreaterThan(0);
  expect(seen.get("IdentityProviderUnreachable")).toBeGreaterThan(0);
});
