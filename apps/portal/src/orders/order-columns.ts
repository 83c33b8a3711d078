import type { OrderSummary } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { parseOrderId } from "../core/arm-path.ts";

/** Columns besides the name, from left to right. */
const COLUMNS = [
  "customer",
  "stage",
  "encryption",
  "health",
  "lock",
  "subscription",
  "group",
  "location",
  "ordered",
] as const;
export type OrderColumn = (typeof COLUMNS)[number];

/** Columns of a customer's own list, where each order has the same customer and subscription. */
export const OWN_COLUMNS = COLUMNS.filter(
  (column) => column !== "customer" && column !== "subscription",
);
export const ALL_COLUMNS: readonly OrderColumn[] = COLUMNS;

const stored = z.array(z.string());

/** The columns that a person has hidden in this browser; text that was edited hides none. */
export function parseHidden(text: string | null): readonly OrderColumn[] {
  try {
    const names = stored.parse(JSON.parse(text ?? "[]"));
    return COLUMNS.filter((column) => names.includes(column));
  } catch {
    return [];
  }
}

/** The customer, subscription and group of an order: its name is unique only there. */
export function describePlace({
  id,
  customer,
  resourceGroup,
}: Pick<OrderSummary, "id" | "customer" | "resourceGroup">): string {
  const parts = [customer, parseOrderId(id)?.subscriptionId, resourceGroup];
  return parts.filter((part) => part !== undefined).join(" · ");
}
