import { withoutUndefined } from "@databox-cmk/errors";
import {
  KEK_TYPES,
  KEY_HEALTH_STATES,
  type KeyHealthState,
  LOCK_STATES,
  type LockState,
  STAGE_NAMES,
  type StageName,
} from "@databox-cmk/protocol";

import type { ListPosition } from "./list-position.ts";

/**
 * The parameters of the order list's address, so that a filtered list can be sent to another
 * person.
 */
export type OrderSearch = {
  readonly subscription?: string;
  readonly search?: string;
  readonly stage?: StageName;
  readonly encryption?: (typeof KEK_TYPES)[number];
  readonly health?: KeyHealthState;
  readonly lock?: LockState;
};

/** The filter of a list, without the parameters that choose the list and its page. */
export function filterOf({
  subscription: _subscription,
  after: _after,
  page: _page,
  ...filter
}: OrderSearch & ListPosition): Omit<OrderSearch, "subscription"> {
  return filter;
}

/** Unknown parameters are ignored: an invisible filter would hide orders. */
export function parseOrderFilter(search: Record<string, unknown>): OrderSearch {
  const stage = STAGE_NAMES.find((name) => name === search["stage"]);
  const encryption = KEK_TYPES.find((type) => type === search["encryption"]);
  const health = KEY_HEALTH_STATES.find((state) => state === search["health"]);
  const lock = LOCK_STATES.find((state) => state === search["lock"]);
  const text = textOf(search["search"]);
  const subscription = textOf(search["subscription"]);
  return withoutUndefined({ subscription, search: text, stage, encryption, health, lock });
}

/** The router parses a parameter of digits as a number. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value.slice(0, 128) : undefined;
}
