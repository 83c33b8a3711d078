import type { OrderSummary, OrderSummaryPage } from "@databox-cmk/protocol";
import { saveFile } from "@databox-cmk/ui";
import { useMutation } from "@tanstack/react-query";

import { readEveryPage } from "../api/read-every-page.ts";
import { parseOrderId } from "../core/arm-path.ts";
import { renderCsv } from "../core/render-csv.ts";
import type { Texts } from "../texts/en.ts";
import { useTexts } from "../texts/texts.ts";

/** Saves every order of a list, of all its pages, as a file. */
export function useOrderExport(read: (position: string | undefined) => Promise<OrderSummaryPage>) {
  const texts = useTexts();
  return useMutation({
    mutationFn: async () => {
      const day = new Date().toISOString().slice(0, 10);
      // The mark tells Excel that the file is UTF-8.
      saveFile(
        `orders-${day}.csv`,
        "text/csv",
        `\uFEFF${orderCsv(await readEveryPage(read), texts)}`,
      );
    },
  });
}

/**
 * Orders for a spreadsheet, with every column of the widest list: times in UTC, codes unchanged. In
 * a customer's own list, no order names its customer.
 */
export function orderCsv(orders: readonly OrderSummary[], texts: Texts): string {
  const words = texts.orders;
  const hasCustomers = orders.some(({ customer }) => customer !== undefined);
  return renderCsv([
    [
      words.name,
      ...(hasCustomers ? [words.customer] : []),
      words.subscription,
      words.group,
      words.stage,
      words.status,
      words.encryption,
      words.key,
      words.health,
      words.code,
      words.lock,
      words.location,
      `${words.ordered} (UTC)`,
    ],
    ...orders.map((order) => [
      order.name,
      ...(hasCustomers ? [order.customer ?? ""] : []),
      parseOrderId(order.id)?.subscriptionId ?? "",
      order.resourceGroup,
      texts.stages[order.stage],
      texts.stageStatuses[order.stageStatus],
      texts.encryptionTypes[order.encryption.kekType],
      order.encryption.kekUrl ?? "",
      texts.healthStates[order.keyHealth.state],
      order.keyHealth.code ?? "",
      order.nodes.map(({ serial, lock }) => `${serial}: ${texts.lockStates[lock]}`).join("; "),
      order.location,
      new Date(order.createdAt).toISOString(),
    ]),
  ]);
}
