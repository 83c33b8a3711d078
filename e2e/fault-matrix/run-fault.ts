import type { Fault, FaultContext, Surface } from "./fault.ts";
import {
  type Observation,
  observeAgent,
  observeArmError,
  observeDenial,
  observeValidation,
} from "./observation.ts";
import { readLastAuditRow, readState } from "./order-state.ts";

export type FaultResult = {
  readonly fault: Fault;
  readonly seen: Readonly<Partial<Record<Surface, Observation>>>;
  /** Result of the unlock. */
  readonly audit: Readonly<Record<string, unknown>> | undefined;
  /** The broker's state of the order, before and after the request. */
  readonly before: string;
  readonly after: string;
  /** The result of an unlock after the cure; `none` for a fault without one. */
  readonly cured: Observation | "unlocked" | "none";
};

/** Causes one fault, checks it on every surface, removes it and unlocks. */
export async function runFault(fault: Fault, context: FaultContext): Promise<FaultResult> {
  const { world, site } = context;
  await fault.make(context);
  const before = await readState(world, site);
  const seen: Partial<Record<Surface, Observation>> = {};
  // Together, since some of them take all of the time that the broker gives a vault.
  await Promise.all(
    fault.shownBy
      .filter((surface) => surface !== "unlock")
      .map(async (surface) => {
        const observation = await ask(surface, fault, context);
        if (observation !== undefined) seen[surface] = observation;
      }),
  );
  let audit: FaultResult["audit"];
  if (fault.shownBy.includes("unlock")) {
    const observation = await unlock(context);
    if (observation !== "unlocked") seen.unlock = observation;
    audit = await readLastAuditRow(world, site, fault.by);
  }
  const after = await readState(world, site);
  if (fault.cure === undefined) return { fault, seen, audit, before, after, cured: "none" };
  await fault.cure(context);
  return { fault, seen, audit, before, after, cured: await unlock(context) };
}

export async function ask(
  surface: Exclude<Surface, "unlock">,
  fault: Fault,
  context: FaultContext,
): Promise<Observation | undefined> {
  const { world, site } = context;
  const { id } = site.order;
  const key = fault.asks?.(context);
  const identity = fault.asksIdentity?.(context);
  const startedMs = performance.now();
  const elapsedMs = () => performance.now() - startedMs;
  switch (surface) {
    case "validate": {
      const asked = key === undefined ? {} : { keyEncryptionKey: key };
      const answer = await world.job("POST", `${id}/validateKeyEncryptionKey`, asked, fault.by);
      if (answer.status !== 200) return observeArmError(answer.body, answer.status, elapsedMs());
      return observeValidation(answer.body, elapsedMs());
    }
    case "change": {
      const patch = {
        ...(identity === undefined ? {} : { identity }),
        ...(key === undefined ? {} : { properties: { details: { keyEncryptionKey: key } } }),
      };
      const answer = await world.job("PATCH", id, patch, fault.by);
      return answer.status < 300
        ? undefined
        : observeArmError(answer.body, answer.status, elapsedMs());
    }
    case "credentials": {
      const answer = await world.job("POST", `${id}/listCredentials`, undefined, fault.by);
      return answer.status < 300
        ? undefined
        : observeArmError(answer.body, answer.status, elapsedMs());
    }
  }
}

export async function unlock({ site }: FaultContext): Promise<Observation | "unlocked"> {
  const startedMs = performance.now();
  const elapsedMs = () => performance.now() - startedMs;
  if (site.agent !== undefined) {
    const run = await site.agent.agent(["unlock"]);
    const event = run.events.at(-1);
    if (event?.["outcome"] === "unlocked" && run.exitCode === 0) return "unlocked";
    return observeAgent(event, run.exitCode, elapsedMs());
  }
  if (site.client === undefined) throw new Error(`site ${site.name} has no appliance`);
  const { answer, contentKey } = await site.client.unlock("unlock");
  if (answer.kind === "denial") return observeDenial(answer.value, answer.status, elapsedMs());
  if (answer.kind === "unsigned" || contentKey?.byteLength !== 32)
    throw new Error(`no signed answer: ${JSON.stringify(answer)}`);
  return "unlocked";
}
