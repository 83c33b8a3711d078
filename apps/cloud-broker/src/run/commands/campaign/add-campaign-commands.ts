import { CAMPAIGN_ORDER_STATES } from "@databox-cmk/protocol";
import { type Command, InvalidArgumentError, Option } from "commander";

import { EXIT_SOME_FAILED } from "../exit-codes.ts";
import type { Common, ShowOptions, StartOptions } from "./call-campaigns.ts";

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
      const { startCampaign } = await import("./call-campaigns.ts");
      await startCampaign(options);
    });

  common(campaign.command("list"))
    .description("every campaign, newest first")
    .action(async (options: Common) => {
      const { listCampaigns } = await import("./call-campaigns.ts");
      await listCampaigns(options);
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
      const { showCampaign } = await import("./call-campaigns.ts");
      await showCampaign(id, options);
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
        const { changeCampaign } = await import("./call-campaigns.ts");
        await changeCampaign(name, id, options);
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
        .default("https://broker.localhost:8444")
        .argParser(parseAddress),
    )
    .addOption(
      new Option(
        "--ca-file <file>",
        "PEM file of certificate authorities to trust in addition to the system's",
      ).env("EXTRA_CA_FILE"),
    )
    .option("--json", "JSON instead of text");
}

/** An empty variable counts as absent. */
function parseAddress(value: string, otherwise: string): string {
  if (value === "") return otherwise;
  if (URL.canParse(value) && new URL(value).protocol === "https:") return value;
  throw new InvalidArgumentError("Expected https://NAME:PORT.");
}
