import { type KeyVersionsView, KEY_VERSION_CALLS } from "@databox-cmk/protocol";

import { cloudErrorOf } from "../../core/cloud-error-of.ts";
import { invalidMember, valueOf } from "../../core/failure-error.ts";
import { parseFailureJson } from "../../core/failure-json.ts";
import { judgeKeyVersion } from "../../core/judge-key-version.ts";
import { keyAddressOf, parseKeyUrl } from "../../core/key-url.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { CallerRequest, Route } from "../../http/route.ts";
import {
  loadKeyUses,
  type LoadedUse,
  type UseScope,
} from "../../key-life/rotation/load-key-uses.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import type { Store } from "../../store/store.ts";
import { arm, operator, queryValues } from "./arm-route.ts";

/** The uses of each version of a key, which show whether it may be disabled. */
export function createKeyVersionRoutes(deps: Plane<"store" | "settings">): readonly Route[] {
  const ofKey = (request: CallerRequest): string => {
    const [text = "", ...others] = queryValues(request, "keyUrl");
    if (text === "" || others.length > 0)
      throw invalidMember(
        "keyUrl",
        "expected once in the query, the URL of a key with or without its version",
      );
    return keyAddressOf(valueOf(parseKeyUrl(text, deps.settings.keyVaultSuffixes)));
  };
  return [
    arm.route(KEY_VERSION_CALLS.ofOrder, {
      action: "Microsoft.DataBox/jobs/keyVersions/read",
      summary:
        "Reads which versions of its key an order uses, and which may be disabled (extension)",
      handle: async (request) => {
        const order = await findOrder(deps.store, request.order);
        const scope = { order: order.id };
        return { json: await view(deps.store, scope, await addressOf(deps.store, scope)) };
      },
    }),
    arm.route(KEY_VERSION_CALLS.ofSubscription, {
      action: "Microsoft.DataBox/keyVersions/read",
      summary: "Reads the same for one key over all orders of a subscription (extension)",
      handle: async (request) => {
        const keyAddress = ofKey(request);
        const subscriptionId = request.parameters["subscriptionId"]?.toLowerCase() ?? "";
        const follower = await deps.store
          .selectFrom("order_keys")
          .innerJoin("orders", "orders.id", "order_keys.order_id")
          .select("orders.id")
          .where("order_keys.key_address", "=", keyAddress)
          .where("order_keys.follows_newest", "=", 1)
          .where("orders.subscription_id", "=", subscriptionId)
          .limit(1)
          .executeTakeFirst();
        // Without one, the newest version is known from another customer's orders.
        const polled = follower === undefined ? null : keyAddress;
        return { json: await view(deps.store, { keyAddress, subscriptionId }, polled) };
      },
    }),
    operator.route(KEY_VERSION_CALLS.ofEveryCustomer, {
      action: "Microsoft.DataBox/operator/keyVersions/read",
      summary: "Reads the same for one key over all orders",
      handle: async (request: CallerRequest) => {
        const keyAddress = ofKey(request);
        return { json: await view(deps.store, { keyAddress }, keyAddress) };
      },
    }),
  ];
}

async function addressOf(
  store: Store,
  { order }: Extract<UseScope, { order: unknown }>,
): Promise<string | null> {
  const found = await store
    .selectFrom("order_keys")
    .select("key_address")
    .where("order_id", "=", order)
    .where("follows_newest", "=", 1)
    .executeTakeFirst();
  return found?.key_address ?? null;
}

async function view(
  store: Store,
  scope: UseScope,
  polledAddress: string | null,
): Promise<KeyVersionsView> {
  const { versions, devices } = await loadKeyUses(store, scope);
  const poll =
    polledAddress === null
      ? undefined
      : await store
          .selectFrom("key_polls")
          .select(["newest_kid", "failure_json", "checked_at_ms"])
          .where("key_address", "=", polledAddress)
          .executeTakeFirst();
  const failure = parseFailureJson(poll?.failure_json ?? null);
  return {
    value: versions.map(renderVersion),
    devices,
    newest:
      poll === undefined
        ? undefined
        : {
            kid: poll.newest_kid ?? undefined,
            checkedAt: renderTime(poll.checked_at_ms),
            error: failure === undefined ? undefined : cloudErrorOf(failure),
          },
  };
}

function renderVersion(use: LoadedUse): KeyVersionsView["value"][number] {
  const { kid, sinceMs, lastUsedMs, orderIds, ...counts } = use;
  return {
    kid,
    ...judgeKeyVersion(use),
    ...counts,
    orderIds: [...orderIds],
    since: renderTime(sinceMs),
    lastUsedAt: renderTime(lastUsedMs),
  };
}
