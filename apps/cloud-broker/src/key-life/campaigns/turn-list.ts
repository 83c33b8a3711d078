import { sql } from "kysely";

import type { EpochMs } from "../../core/order.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { CLAIM_OF_VAULT } from "./claim-work.ts";
import { finishIfDone } from "./finish-campaign.ts";
import { type Campaign, campaignsToRun } from "./stored-campaign.ts";

/** How often the campaigns are read, and a campaign that has nothing for this replica is looked up. */
export const LOOK_MS = 5_000;

/** Part of a campaign: its steps in one vault. */
export type Turn = { readonly campaign: Campaign; readonly vault: string };

type TurnList = {
  /** @param taken - vaults on which this replica already works, or must not work now */
  next(taken: ReadonlySet<string>): Promise<Turn | undefined>;
};

/**
 * The turns of one run: the campaign that has waited longest comes first, with the vault after its
 * last one.
 */
export function createTurnList(
  plane: ControlPlane,
  owner: string,
  failed: (error: unknown) => void,
): TurnList {
  const { store, now } = plane;
  const lastVaults = new Map<string, string>();
  const idleUntilMs = new Map<string, EpochMs>();
  let campaigns: readonly Campaign[] = [];
  let readUntilMs = Number.NEGATIVE_INFINITY;

  async function readCampaigns(): Promise<void> {
    readUntilMs = now() + LOOK_MS;
    const read = new Map((await campaignsToRun(store, now())).map((each) => [each.id, each]));
    const known = campaigns.flatMap(({ id }) => read.get(id) ?? []);
    for (const { id } of known) read.delete(id);
    campaigns = [...read.values(), ...known];
  }

  /** @returns undefined when no vault with a due step is left; no vault if all of them are taken */
  async function findVault(
    { id }: Campaign,
    taken: ReadonlySet<string>,
  ): Promise<{ readonly vault: string | undefined } | undefined> {
    const last = lastVaults.get(id);
    const find = (after?: string) => dueVaults(plane, owner, { id, after }, taken.size + 1);
    const later = last === undefined ? [] : await find(last);
    const vault = later.find((each) => !taken.has(each));
    if (vault !== undefined) return { vault };
    const all = await find();
    return all.length === 0 ? undefined : { vault: all.find((each) => !taken.has(each)) };
  }

  return {
    async next(taken) {
      if (now() >= readUntilMs) await readCampaigns();
      for (const campaign of campaigns) {
        const { id } = campaign;
        if (now() < (idleUntilMs.get(id) ?? 0)) continue;
        const found = await findVault(campaign, taken);
        if (found === undefined) {
          idleUntilMs.set(id, now() + LOOK_MS);
          await finishIfDone(plane, campaign).catch(failed);
        } else if (found.vault !== undefined) {
          lastVaults.set(id, found.vault);
          campaigns = [...campaigns.filter((each) => each !== campaign), campaign];
          return { campaign, vault: found.vault };
        }
      }
      return undefined;
    },
  };
}

/**
 * An index leads from one vault to the next, past all steps between them.
 *
 * @returns vaults of a running campaign with a step that is due, without those of other replicas, in
 *   the order of their names
 */
async function dueVaults(
  { store, now }: ControlPlane,
  owner: string,
  { id, after }: { readonly id: string; readonly after: string | undefined },
  limit: number,
): Promise<readonly string[]> {
  const later = after === undefined ? sql`` : sql`and vault > ${after}`;
  const { rows } = await sql<{ vault: string }>`
    with recursive vaults (vault) as (
      select (select min(vault) from campaign_orders
        where campaign_id = ${id} and state = 'waiting' ${later})
      from campaigns where id = ${id} and state = 'running'
      union all
      select (select min(steps.vault) from campaign_orders steps
        where steps.campaign_id = ${id} and steps.state = 'waiting' and steps.vault > vaults.vault)
      from vaults where vaults.vault is not null)
    select vault from vaults
    where vault is not null
      and exists (select 1 from campaign_orders steps
        where steps.campaign_id = ${id} and steps.state = 'waiting' and steps.vault = vaults.vault
          and steps.due_at_ms <= ${now()})
      and not exists (select 1 from claims
        where claims.name = ${CLAIM_OF_VAULT} || vaults.vault and claims.owner <> ${owner}
          and claims.until_ms > ${now()})
    limit ${limit}`.execute(store);
  return rows.map(({ vault }) => vault);
}
