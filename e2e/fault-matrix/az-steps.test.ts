import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { explain, type Facts } from "@databox-cmk/errors";
import { createOrder } from "@databox-cmk/local-stack";
import { approvalList } from "@databox-cmk/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { azTemplates, fillReproduce, fillTemplate, isFilled } from "./az/command-templates.ts";
import { type Az, hasAz, openAz } from "./az/open-az.ts";
import { type Fault, type FaultContext, type SiteName, SITES } from "./fault.ts";
import { FAULTS } from "./faults.ts";
import type { Observation } from "./observation.ts";
import { ask, unlock } from "./run-fault.ts";
import { type FaultWorld, memberOf, openFaultWorld } from "./world/fault-world.ts";
import { KEY_NAME, openSite, type Site } from "./world/site.ts";

/**
 * Faults that the appliance's report cures, in this order: the last one removes the customer's own
 * access too.
 */
const CURED = [
  "the key version is disabled",
  "the key version has expired",
  "the key version is not valid yet",
  "the key is deleted and recoverable",
  "the key has no such version",
  "the key does not permit wrapping",
  "the key's URL has another scheme than https",
  "the access policy is removed",
  "the role assignment is removed",
  "the firewall does not admit the broker",
  "public network access is disabled",
  "the vault is deleted and recoverable",
  "the order's system-assigned identity is turned off",
  "the order's system-assigned identity is deleted",
  "the user-assigned identity is detached",
  "the user-assigned identity no longer trusts the broker",
  "the user-assigned identity is deleted",
  "unlocking is switched off by the order's owner",
  "the vault has moved to another tenant",
];
/**
 * Not by the command of the documentation: it shows only once the broker's token has ended, or
 * needs a name of another cloud.
 */
const BY_EMULATOR = new Set([
  "the order's system-assigned identity is deleted",
  "the user-assigned identity no longer trusts the broker",
  "the user-assigned identity is deleted",
  "the user-assigned identity is detached",
  "the key has no such version",
  "the key's URL has another scheme than https",
]);
/** The request succeeds once the steps are done. */
const CORRECTED = ["the vault has no purge protection", "the vault has no soft delete"];
/** Commands that the steps print and that cannot be run here. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "az login --tenant <tenantId>": "asks in a browser",
  [mitigation("Resume")]: "is taken only while a data copy waits for a decision",
  [mitigation("MoveToCleanUpDevice")]: "is taken only while a data copy waits for a decision",
};

describe.skipIf(!hasAz)(
  "steps, as printed, by the real az (skipped where az is not installed)",
  () => {
    let world: FaultWorld;
    let az: Az;
    const opened = new AsyncDisposableStack();
    const sites = new Map<SiteName, Site>();
    const ran: string[] = [];

    beforeAll(async () => {
      world = opened.use(await openFaultWorld());
      for (const name of ["policies", "roles", "user", "purgedKey"] as const)
        sites.set(name, await openSite(world, { ...SITES[name], appliance: "client" }));
      az = opened.use(await openAz(world));
    });
    afterAll(async () => {
      await opened.disposeAsync();
    });

    const contextOf = (name: SiteName): FaultContext => {
      // The agent's site is here only for its faults; az does not care who unlocks.
      const site = sites.get(name === "agent" ? "policies" : name);
      if (site === undefined) throw new RangeError(`no site ${name}`);
      return { world, site };
    };
    const mustRun = async (command: string): Promise<void> => {
      const { exitCode, stderr } = await az.run(command);
      expect({ command, exitCode, stderr }).toEqual({ command, exitCode: 0, stderr });
      ran.push(command);
    };
    /**
     * By the command of the documentation, where az can do it; the broker keeps tokens for a
     * minute, so not for identities.
     */
    const cause = async (fault: Fault, context: FaultContext): Promise<void> => {
      const command = fillReproduce(fault, factsOf(world, context.site));
      if (command === undefined || BY_EMULATOR.has(fault.name)) return fault.make(context);
      const { exitCode, stderr } = await az.run(command);
      const failedAsTold = exitCode !== 0 && stderr.includes(fault.code);
      expect({ command, stderr, asTold: exitCode === 0 || failedAsTold }).toMatchObject({
        asTold: true,
      });
    };
    const take = async (steps: Observation["steps"], name: SiteName): Promise<void> => {
      for (const { text, command } of steps) {
        const isForOtherModel =
          name === "roles" && text.startsWith("If the vault uses access policies");
        if (command?.startsWith("az ") === true && !isForOtherModel) await mustRun(command);
      }
    };

    test.each(CURED)("%s", async (name) => {
      const fault = faultOf(name);
      const context = contextOf(fault.site);
      await cause(fault, context);
      const seen = await look(fault, context);
      expect(seen).toMatchObject({ code: fault.code });
      await take(seen.steps, fault.site);
      let after = await unlock(context);
      // Access that was too wide may now be too narrow elsewhere; that refusal has its own steps.
      if (after !== "unlocked" && after.reason !== fault.reason) {
        await take(after.steps, fault.site);
        after = await unlock(context);
      }
      expect(after).toBe("unlocked");
      context.site.usePrincipal((await identityOf(context)) ?? context.site.principalId());
    });

    test.each(CORRECTED)("%s", async (name) => {
      const fault = faultOf(name);
      const context = contextOf(fault.site);
      await fault.make(context);
      await take((await look(fault, context)).steps, fault.site);
      expect(await ask("validate", fault, context)).toBeUndefined();
    });

    test("a purged key is restored from a backup", async () => {
      const context = contextOf("purgedKey");
      const { keys, vaultName } = context.site;
      const backup = await keys.backupKey(KEY_NAME);
      await writeFile(join(world.folder, `${KEY_NAME}.keybackup`), backup ?? new Uint8Array());
      await (await keys.beginDeleteKey(KEY_NAME, { intervalInMs: 20 })).pollUntilDone();
      await world.control("POST", "/clock/advance", { duration: "P8D" });
      expect(await unlock(context)).toMatchObject({ code: "SsemUserErrorKeyDetailsNotFound" });
      const facts = { vaultName, keyName: KEY_NAME };
      const { steps } = explain("SsemUserErrorKeyDetailsNotFound", { reason: "key-purged", facts });
      await take(steps, "purgedKey");
      await world.control("DELETE", "/clock");
      expect(await unlock(context)).toBe("unlocked");
    });

    test("an unlock that waits for an approval is released by the command of its step", async () => {
      const context = contextOf("purgedKey");
      const facts = factsOf(world, context.site);
      const reproduced = factsOf(world, contextOf("user").site);
      await mustRun(fillReproduce({ code: "ApprovalPending" }, reproduced) ?? "");
      const { client, order } = context.site;
      // This az is signed in as an application, which counts only where the policy names it.
      const approvers = [world.customerObjectId];
      const named = await world.job("PUT", `${order.id}/unlockPolicy`, {
        outageGrace: "P1D",
        leaseTtlSeconds: 60,
        offline: { allowed: false, lease: { kind: "boots", boots: 1 } },
        release: {
          windows: [],
          approvals: { required: 1, approvers, expiresAfterSeconds: 3600 },
          breakGlass: true,
        },
        acceptUnknownApprovers: true,
      });
      expect(named.status).toBe(200);
      const asked = await client?.prepareUnlock("unlock");
      if (client === undefined || asked === undefined) throw new Error("no appliance");
      expect(await client.sendUnlock(asked)).toMatchObject({ kind: "pending" });
      const { body } = await world.job("GET", `${order.id}/approvals`);
      const { value } = approvalList.parse(body);
      const approvalId = value[0]?.id ?? "";
      await take(
        explain("ApprovalPending", { facts: { ...facts, approvalId } }).steps,
        "purgedKey",
      );
      expect(await client.sendUnlock(asked)).toMatchObject({ kind: "answer" });
    });

    test("every other command runs too, or is listed with the reason why not", async () => {
      const facts = await factsOfOthers(contextOf("purgedKey"));
      for (const template of azTemplates()) {
        if (template.text in NOT_RUN || ran.some((command) => isFilled(template, command)))
          continue;
        await mustRun(fillTemplate(template, facts(template.text)));
      }
      const missing = azTemplates().filter(
        (template) => !ran.some((command) => isFilled(template, command)),
      );
      expect(missing.map(({ text }) => text).toSorted()).toEqual(Object.keys(NOT_RUN).toSorted());
      expect(ran.filter((command) => /<[a-zA-Z]+>/.test(command))).toEqual([]);
    });

    /** Names for commands that no fault above has printed. */
    async function factsOfOthers({ site }: FaultContext): Promise<(template: string) => Facts> {
      const { description } = world.stack;
      const fresh = await createOrder(
        {
          stack: description,
          customer: world.customer,
          customerObjectId: world.customerObjectId,
          report: () => undefined,
        },
        "order-to-cancel",
      );
      const deleted = world.customer.keys(`https://${site.vaultName}.${description.vaultSuffix}`);
      await deleted.createRsaKey("shown-deleted", { keySize: 2048 });
      await (await deleted.beginDeleteKey("shown-deleted", { intervalInMs: 20 })).pollUntilDone();
      return (template) => ({
        ...factsOf(world, site),
        ...(template.includes("/cancel?") ? { orderId: fresh.id } : {}),
        ...(template.includes("show-deleted") ? { keyName: "shown-deleted" } : {}),
      });
    }

    async function identityOf({ site }: FaultContext): Promise<string | undefined> {
      const { body } = await world.job("GET", site.order.id);
      const identity: unknown = Reflect.get(Object(body), "identity");
      return site.identityId === undefined ? memberOf(identity, "principalId") : undefined;
    }
  },
);

/** The names of a site, as the broker would fill them in. */
function factsOf({ stack }: FaultWorld, site: Site): Facts {
  const { subscriptionId, resourceGroup, location, tenantId } = stack.description;
  return {
    subscriptionId,
    resourceGroup,
    location,
    tenantId,
    orderName: site.order.name,
    orderId: site.order.id,
    vaultName: site.vaultName,
    vaultId: site.vaultId,
    keyName: KEY_NAME,
    keyVersion: site.version,
    keyUrl: site.kid,
    principalId: site.principalId(),
  };
}

async function look(fault: Fault, context: FaultContext): Promise<Observation> {
  const seen = fault.shownBy.includes("unlock")
    ? await unlock(context)
    : await ask(fault.shownBy.includes("validate") ? "validate" : "change", fault, context);
  if (seen === undefined || seen === "unlocked") throw new Error(`${fault.name}: nothing failed`);
  return seen;
}

function faultOf(name: string): Fault {
  const fault = FAULTS.find((each) => each.name === name);
  if (fault === undefined) throw new RangeError(`no fault ${name}`);
  return fault;
}

function mitigation(resolution: string): string {
  return `az rest --method post --url '<orderId>/mitigate?api-version=2022-12-01' --body '{"customerResolutionCode":"${resolution}"}'`;
}
