import { type KeyVersionsView, KEY_VERSION_CALLS } from "@databox-cmk/protocol";

import { cloudErrorOf } from "../../core/cloud-error-of.ts";
import { invalidMember, valueOf } from "../../core/failure-error.ts";
import { parseFailureJson } from "../../core/failure-json.ts";
import { judgeKeyVersion } from "../../core/judge-key-version.ts";
import { keyAddressOf, parseKeyUrl } from "../../core/key-url.ts";
import { idsBelow } from "../../core/order.ts";
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
        return { json: await view(deps.store, { order: order.id }) };
      },
    }),
    arm.route(KEY_VERSION_CALLS.ofSubscription, {
      action: "Microsoft.DataBox/keyVersions/read",
      summary: "Reads the same for one key over all orders of a subscription (extension)",
      handle: async (request) => {
        const keyAddress = ofKey(request);
        const subscriptionId = request.parameters["subscriptionId"]?.toLowerCase() ?? "";
        return { json: await view(deps.store, { keyAddress, subscriptionId }) };
      },
    }),
    operator.route(KEY_VERSION_CALLS.ofEveryCustomer, {
      action: "Microsoft.DataBox/operator/keyVersions/read",
      summary: "Reads the same for one key over all orders",
      handle: async (request: CallerRequest) => {
        return { json: await view(deps.store, { keyAddress: ofKey(request) }) };
      },
    }),
  ];
}

/**
 * The key whose newest version orders of the scope follow. Without such an order, its newest
 * version is known from another customer's.
 */
async function findFollowed(store: Store, scope: UseScope): Promise<string | null> {
  const following = store
    .selectFrom("order_keys")
    .select("key_address")
    .where("follows_newest", "=", 1);
  let inScope = following;
  if ("order" in scope) inScope = following.where("order_id", "=", scope.order);
  else {
    if (scope.subscriptionId === undefined) return scope.keyAddress;
    const { after, before } = idsBelow(`/subscriptions/${scope.subscriptionId}`);
    inScope = following
      .where("key_address", "=", scope.keyAddress)
      .where("order_id", ">", after)
      .where("order_id", "<", before);
  }
  const found = await inScope.limit(1).executeTakeFirst();
  return found?.key_address ?? null;
}

async function view(store: Store, scope: UseScope): Promise<KeyVersionsView> {
  const { versions, devices } = await loadKeyUses(store, scope);
  const followed = await findFollowed(store, scope);
  const poll =
    followed === null
      ? undefined
      : await store
          .selectFrom("key_polls")
          .select(["newest_kid", "failure_json", "checked_at_ms"])
          .where("key_address", "=", followed)
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
