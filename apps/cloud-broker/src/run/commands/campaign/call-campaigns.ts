import { setTimeout } from "node:timers/promises";

import {
  CAMPAIGN_CALLS,
  type CampaignRequest,
  type CampaignView,
  pathOf,
} from "@databox-cmk/protocol";

import { readFileWithin } from "../../../config/read-file-within.ts";
import { EXIT_SOME_FAILED } from "../exit-codes.ts";
import {
  type CampaignClient,
  type ClientOptions,
  createCampaignClient,
  FILE_MAX_BYTES,
} from "./campaign-client.ts";
import { renderDetails, renderOrder, renderStatus } from "./render-status.ts";

const { start, list, read, listOrders } = CAMPAIGN_CALLS;
const FOLLOW_MS = 1000;
/** Interval of progress lines when the output is not a terminal. */
const LOGGED_MS = 30_000;

export type Common = ClientOptions & { readonly json?: true };
export type StartOptions = Common & {
  readonly moveToKey?: string;
  readonly vaultId?: string;
  readonly identity?: string;
  readonly subscription?: string | undefined;
  readonly resourceGroup?: string;
  readonly withKey?: string;
  readonly ordersFile?: string;
  readonly description?: string;
  readonly dryRun?: true;
  readonly wait?: true;
};
export type ShowOptions = Common & { readonly orders?: string; readonly wait?: true };

export async function startCampaign(options: StartOptions): Promise<void> {
  const client = await createCampaignClient(options);
  const body = await requestOf(options);
  await report(client, await client.call(start, pathOf(start, {}), body), options);
}

export async function listCampaigns(options: Common): Promise<void> {
  const client = await createCampaignClient(options);
  let path: string | undefined = pathOf(list, {});
  while (path !== undefined) {
    const page: { value: CampaignView[]; nextLink?: string | undefined } = await client.call(
      list,
      path,
    );
    for (const each of page.value)
      print(
        options.json === true
          ? JSON.stringify(each)
          : `${each.id}  ${each.action.kind}  ${renderStatus(each)}`,
      );
    path = page.nextLink;
  }
}

export async function showCampaign(id: string, options: ShowOptions): Promise<void> {
  const client = await createCampaignClient(options);
  await report(client, await show(client, id), options);
  if (options.orders !== undefined) await printOrders(client, id, options);
}

export async function changeCampaign(
  name: "pause" | "resume" | "cancel",
  id: string,
  options: Common,
): Promise<void> {
  const client = await createCampaignClient(options);
  const row = CAMPAIGN_CALLS[name];
  await report(client, await client.call(row, pathOf(row, { campaignId: id })), options);
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const show = (client: CampaignClient, id: string): Promise<CampaignView> =>
  client.call(read, pathOf(read, { campaignId: id }));

async function requestOf(options: StartOptions): Promise<CampaignRequest> {
  const { moveToKey, vaultId, identity, subscription, resourceGroup, withKey, ordersFile } =
    options;
  const isMove = moveToKey !== undefined || vaultId !== undefined || identity !== undefined;
  return {
    action: isMove
      ? {
          kind: "move",
          to: {
            kekUrl: moveToKey,
            kekVaultResourceID: vaultId,
            identityProperties: identity === undefined ? undefined : identityOf(identity),
          },
        }
      : { kind: "rotate" },
    selector: {
      subscriptionId: subscription,
      resourceGroup,
      keyUrl: withKey,
      orders: ordersFile === undefined ? undefined : await readOrders(ordersFile),
    },
    description: options.description,
    dryRun: options.dryRun === true ? true : undefined,
  };
}

function identityOf(identity: string) {
  return identity === "system"
    ? ({ type: "SystemAssigned" } as const)
    : ({ type: "UserAssigned", userAssigned: { resourceId: identity } } as const);
}

async function readOrders(file: string): Promise<string[]> {
  const content = await readFileWithin(file, FILE_MAX_BYTES, `--orders-file: ${file}`);
  return content
    .toString()
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

async function report(
  client: CampaignClient,
  campaign: CampaignView,
  { json, wait }: Pick<ShowOptions, "json" | "wait">,
): Promise<void> {
  const ended = wait === true ? await follow(client, campaign, json === true) : campaign;
  print(json === true ? JSON.stringify(ended) : renderDetails(ended));
  if (wait === true && ended.progress.failed > 0) process.exitCode = EXIT_SOME_FAILED;
}

/** One line that is rewritten on a terminal; in a log, a new line at intervals. */
async function follow(
  client: CampaignClient,
  first: CampaignView,
  quiet: boolean,
): Promise<CampaignView> {
  const { isTTY } = process.stderr;
  let campaign = first;
  let loggedAtMs = 0;
  while (campaign.state === "Running" || campaign.state === "Paused") {
    if (!quiet && isTTY) process.stderr.write(`\r\x1b[K${renderStatus(campaign)}`);
    else if (!quiet && performance.now() - loggedAtMs >= LOGGED_MS) {
      process.stderr.write(`${renderStatus(campaign)}\n`);
      loggedAtMs = performance.now();
    }
    await setTimeout(FOLLOW_MS);
    campaign = await show(client, first.id);
  }
  if (!quiet && isTTY) process.stderr.write("\r\x1b[K");
  return campaign;
}

async function printOrders(
  client: CampaignClient,
  id: string,
  { orders, json }: ShowOptions,
): Promise<void> {
  const state = orders === "all" ? "" : `?state=${orders ?? ""}`;
  let path: string | undefined = `${pathOf(listOrders, { campaignId: id })}${state}`;
  while (path !== undefined) {
    const page: Awaited<ReturnType<typeof readPage>> = await readPage(client, path);
    for (const order of page.value)
      print(json === true ? JSON.stringify(order) : renderOrder(order));
    path = page.nextLink;
  }
}

const readPage = (client: CampaignClient, path: string) => client.call(listOrders, path);
