import { namesOf } from "@databox-cmk/errors";

import { ALONE, type Fault, SITES, type SiteName } from "./fault.ts";
import { FAULTS } from "./faults.ts";
import { AGENT_FAULTS, type AgentFault } from "./faults/agent-faults.ts";
import { STAGE_FAULTS, type StageFault } from "./faults/stage-faults.ts";
import { judgeAgentFault, judgeFault, judgeStageFault } from "./judge.ts";
import type { Observation } from "./observation.ts";
import { runAgentFault, runStageFault } from "./run-agent-fault.ts";
import { runFault } from "./run-fault.ts";
import { type FaultWorld, openFaultWorld } from "./world/fault-world.ts";
import { openSite, type Site } from "./world/site.ts";

/** One line of the matrix. */
export type Verdict = {
  readonly fault: Pick<Fault | AgentFault, "name" | "code" | "reason" | "who"> & {
    readonly row?: number;
    readonly class?: Fault["class"];
  };
  /** The differences from the table. */
  readonly problems: readonly string[];
  /** The surface that was asked last: the appliance's, where it can see the fault. */
  readonly seen: Observation | undefined;
};

type Sites = ReadonlyMap<SiteName, Site>;

/**
 * Every fault, on one local stack: first the slow ones, each at its own site, and at the same time
 * those that only the agent meets; then the others one by one, and at the end those that move the
 * agent's order on.
 */
export async function runMatrix(tell: (verdict: Verdict) => void): Promise<readonly Verdict[]> {
  await using world = await openFaultWorld();
  const sites = await openSites(world);
  const verdicts: Verdict[] = [];
  const done = (verdict: Verdict) => {
    verdicts.push(verdict);
    tell(verdict);
  };
  const slow = FAULTS.filter(({ site }) => ALONE.has(site));
  const meetAgent = async () => {
    for (const fault of AGENT_FAULTS) done(await examineAgent(fault, world, sites));
  };
  await Promise.all([
    ...slow.map(async (fault) => done(await examine(fault, world, sites))),
    meetAgent(),
  ]);
  for (const fault of FAULTS) if (!ALONE.has(fault.site)) done(await examine(fault, world, sites));
  for (const fault of STAGE_FAULTS) done(await examineStage(fault, world, sites));
  return verdicts;
}

async function openSites(world: FaultWorld): Promise<Sites> {
  const sites = new Map<SiteName, Site>();
  for (const name of namesOf(SITES)) sites.set(name, await openSite(world, SITES[name]));
  return sites;
}

async function examine(fault: Fault, world: FaultWorld, sites: Sites): Promise<Verdict> {
  const site = siteOf(sites, fault.site);
  try {
    const result = await runFault(fault, { world, site });
    const { validate, change, credentials, unlock } = result.seen;
    return {
      fault,
      problems: judgeFault(fault, result),
      seen: unlock ?? credentials ?? change ?? validate,
    };
  } catch (error) {
    await world.clearFaults();
    return { fault, problems: [describe(error)], seen: undefined };
  }
}

async function examineAgent(fault: AgentFault, world: FaultWorld, sites: Sites): Promise<Verdict> {
  const shown = { ...fault, class: "unreachable" } as const;
  try {
    const result = await runAgentFault(fault, { world, site: siteOf(sites, "agent") });
    return { fault: shown, problems: judgeAgentFault(fault, result), seen: result.seen };
  } catch (error) {
    return { fault: shown, problems: [describe(error)], seen: undefined };
  }
}

async function examineStage(fault: StageFault, world: FaultWorld, sites: Sites): Promise<Verdict> {
  try {
    const result = await runStageFault(fault, { world, site: siteOf(sites, "agent") });
    return { fault, problems: judgeStageFault(fault, result), seen: result.seen };
  } catch (error) {
    return { fault, problems: [describe(error)], seen: undefined };
  }
}

function siteOf(sites: Sites, name: SiteName): Site {
  const site = sites.get(name);
  if (site === undefined) throw new RangeError(`no site ${name}`);
  return site;
}

const describe = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
