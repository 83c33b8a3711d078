import { randomUUID } from "node:crypto";

import { AppError } from "@databox-cmk/errors";
import { asciiLowerCase, type CampaignRequest } from "@databox-cmk/protocol";
import { sql } from "kysely";

import { record } from "../../audit/record.ts";
import { valueOf } from "../../core/failure-error.ts";
import { keyAddressOf, parseKeyUrl } from "../../core/key-url.ts";
import { type OrderId, foldOrderId } from "../../core/order.ts";
import { isTerminalStage } from "../../core/stages.ts";
import type { Changing, Plane } from "../../orders/control-plane.ts";
import type { StoreTransaction } from "../../store/store.ts";
import { partOf } from "./parts.ts";
import type { Campaign, CampaignActor, StoredRequest } from "./stored-campaign.ts";

type Starting = {
  readonly request: CampaignRequest;
  readonly origin: Campaign["origin"];
  readonly actor: CampaignActor;
  readonly isPerson: Campaign["isPerson"];
};

/** Maximum number of selected orders; the schema limits a list. */
const MAX_ORDERS = 100_000;
const INSERTED_AT_ONCE = 500;

/**
 * Writes a campaign with a row for each of its orders in one commit; from then on any replica runs
 * it.
 *
 * @throws {AppError} InvalidRequestContent when nothing is selected, or too much
 */
export async function startCampaign(
  deps: Changing & Plane<"settings">,
  { request, origin, actor, isPerson }: Starting,
): Promise<string> {
  const id = randomUUID();
  const nowMs = deps.now();
  const { keyVaultSuffixes } = deps.settings;
  const { orders: listed, ...selector } = request.selector;
  if (listed === undefined && Object.values(selector).every((value) => value === undefined))
    throw invalid("selector: expected subscriptionId, resourceGroup, keyUrl or orders");
  const keyAddress =
    selector.keyUrl === undefined
      ? undefined
      : keyAddressOf(valueOf(parseKeyUrl(selector.keyUrl, keyVaultSuffixes)));
  const { action } = request;
  if (action.kind === "move") {
    if (Object.values(action.to).every((value) => value === undefined))
      throw invalid("action.to: expected kekUrl, kekVaultResourceID or identityProperties");
    if (action.to.kekUrl !== undefined) valueOf(parseKeyUrl(action.to.kekUrl, keyVaultSuffixes));
  }
  const stored: StoredRequest = { ...request, selector, listed: listed !== undefined };
  const context = { actor, correlationId: id };
  const entry = { chain: "broker", action: "campaign/start", context } as const;
  await record(deps, entry, async (transaction) => {
    const orders = await selectOrders(transaction, request.selector, keyAddress);
    if (orders.length === 0) throw invalid("selector: no order fits");
    if (orders.length > MAX_ORDERS)
      throw invalid(`selector: more than ${String(MAX_ORDERS)} orders fit`);
    await transaction
      .insertInto("campaigns")
      .values({
        id,
        request_json: JSON.stringify(stored),
        origin,
        state: "running",
        total: orders.length,
        actor_json: JSON.stringify(actor),
        is_person: isPerson === undefined ? null : Number(isPerson),
        created_at_ms: nowMs,
        changed_at_ms: nowMs,
      })
      .execute();
    for (let from = 0; from < orders.length; from += INSERTED_AT_ONCE) {
      const some = orders.slice(from, from + INSERTED_AT_ONCE);
      const keys = await transaction
        .selectFrom("order_keys")
        .select(["order_id", "key_address"])
        .where("order_id", "in", some)
        .execute();
      const keyOf = new Map(keys.map((row) => [row.order_id, row.key_address]));
      await transaction
        .insertInto("campaign_orders")
        .values(
          some.map((order) => ({
            campaign_id: id,
            order_id: order,
            part: partOf(
              (action.kind === "move" ? action.to.kekUrl : undefined) ?? keyOf.get(order),
            ),
            state: "waiting",
            attempts: 0,
            due_at_ms: nowMs,
          })),
        )
        .execute();
    }
    return {
      detail: {
        kind: action.kind,
        origin,
        orders: orders.length,
        dryRun: request.dryRun === true,
        description: request.description,
      },
    };
  });
  return id;
}

/**
 * Listed orders are taken as they are, so that a missing one is reported; a filter selects orders
 * that have not ended.
 */
async function selectOrders(
  transaction: StoreTransaction,
  { subscriptionId, resourceGroup, orders }: CampaignRequest["selector"],
  keyAddress: string | undefined,
): Promise<readonly OrderId[]> {
  const listed = orders === undefined ? undefined : new Set(orders.map(foldOrderId));
  if (
    listed !== undefined &&
    subscriptionId === undefined &&
    resourceGroup === undefined &&
    keyAddress === undefined
  )
    return [...listed];
  const rows = await transaction
    .selectFrom("orders")
    .innerJoin("order_keys", "order_keys.order_id", "orders.id")
    .select(["orders.id", "orders.stage", "orders.resource_group"])
    .$if(subscriptionId !== undefined, (query) =>
      query.where("orders.subscription_id", "=", subscriptionId?.toLowerCase() ?? ""),
    )
    .$if(keyAddress !== undefined, (query) =>
      query.where((on) =>
        on.or([on("order_keys.key_address", "=", keyAddress ?? ""), usesServiceKey(keyAddress)]),
      ),
    )
    .orderBy("orders.id")
    .execute();
  const group = resourceGroup?.toLowerCase();
  return rows
    .filter((row) => group === undefined || asciiLowerCase(row.resource_group) === group)
    .filter(({ id, stage }) => (listed === undefined ? !isTerminalStage(stage) : listed.has(id)))
    .map(({ id }) => id);
}

/**
 * Orders under the service's key have no key address, so their envelopes decide. "0" follows "/".
 */
const usesServiceKey = (keyAddress = "") => sql<boolean>`order_keys.kek_type = 'MicrosoftManaged'
  and exists (select 1 from envelopes where envelopes.order_id = orders.id
    and lower(envelopes.kid) > ${`${keyAddress}/`} and lower(envelopes.kid) < ${`${keyAddress}0`})`;

const invalid = (detail: string): AppError =>
  new AppError("InvalidRequestContent", { target: detail.split(":", 1)[0], detail });
