import { setTimeout } from "node:timers/promises";

import {
  CAMPAIGN_CALLS,
  CAMPAIGN_ORDER_STATES,
  type CampaignRequest,
  type CampaignView,
  pathOf,
} from "@databox-cmk/protocol";
import { type Command, Option } from "commander";

import { readFileWithin } from "../../../config/read-file-within.ts";
import {
  type CampaignClient,
  type ClientOptions,
  createCampaignClient,
  FILE_MAX_BYTES,
} from "./campaign-client.ts";
import { renderDetails, renderOrder, renderStatus } from "./render-status.ts";

const { start, list, read, listOrders } = CAMPAIGN_CALLS;
const EXIT_SOME_FAILED = 3;
const FOLLOW_MS = 1000;
/** Interval of progress lines when the output is not a terminal. */
const LOGGED_MS = 30_000;

type Common = ClientOptions & { readonly json?: true };
type StartOptions = Common & {
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
type ShowOptions = Common & { readonly orders?: string; readonly wait?: true };

/** `broker campaign …`: starts and watches re-wraps of many orders through the operator's API. */
export function addCampaignCommands(program: Command): void {
  const campaign = program
    .command("campaign")
    .description("re-wrap many orders: to the newest version of their keys, or to another key");

  common(campaign.command("start"))
    .description(
      "start a campaign: a rotation to the newest versions, or with --move-to-key a move",
    )
    .option(
      "--move-to-key <url>",
      "the key that the orders move to; without a version, new versions are followed",
    )
    .option("--vault-id <id>", "resource id of that key's vault")
    .option("--identity <id>", "`system`, or the resource id of a user-assigned identity")
    .option("--subscription <id>", "only orders of this subscription")
    .option("--resource-group <name>", "only orders of this resource group")
    .option("--with-key <url>", "only orders that use this key now")
    .option("--orders-file <file>", "only these orders: one resource id per line")
    .option("--description <text>", "description that is stored with the campaign")
    .option("--dry-run", "do everything except the change, and show what would fail")
    .option("--wait", `wait for its end; exit code ${String(EXIT_SOME_FAILED)}: some orders failed`)
    .action(async (options: StartOptions) => {
      const client = await createCampaignClient(options);
      const body = await requestOf(options);
      await report(client, await client.call(start, pathOf(start, {}), body), options);
    });

  common(campaign.command("list"))
    .description("every campaign, newest first")
    .action(async (options: Common) => {
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
    });

  common(campaign.command("show"))
    .description(
      "one campaign; with --orders, the result of each order and the steps for failed ones",
    )
    .argument("<id>")
    .addOption(
      new Option("--orders <state>", "list the orders in this state").choices([
        ...CAMPAIGN_ORDER_STATES.map((state) => state.toLowerCase()),
        "all",
      ]),
    )
    .option("--wait", `wait for its end; exit code ${String(EXIT_SOME_FAILED)}: some orders failed`)
    .action(async (id: string, options: ShowOptions) => {
      const client = await createCampaignClient(options);
      await report(client, await show(client, id), options);
      if (options.orders !== undefined) await printOrders(client, id, options);
    });

  for (const [name, description] of [
    ["pause", "start no further orders; orders in progress are finished"],
    ["resume", "resume a paused campaign"],
    ["cancel", "end a campaign; finished orders stay as they are"],
  ] as const)
    common(campaign.command(name))
      .description(description)
      .argument("<id>")
      .action(async (id: string, options: Common) => {
        const client = await createCampaignClient(options);
        const row = CAMPAIGN_CALLS[name];
        await report(client, await client.call(row, pathOf(row, { campaignId: id })), options);
      });
}

function common(command: Command): Command {
  return command
    .requiredOption(
      "--token-file <file>",
      "file with an access token of an operator, `-`: standard input",
    )
    .addOption(
      new Option("--broker <url>", "address of the broker")
        .env("BROKER_URL")
        .default("https://broker.localhost:8444"),
    )
    .addOption(
      new Option(
        "--ca-file <file>",
        "PEM file of certificate authorities to trust in addition to the system's",
      ).env("EXTRA_CA_FILE"),
    )
    .option("--json", "JSON instead of text");
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
