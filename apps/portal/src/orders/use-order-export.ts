import { saveFile } from "@databox-cmk/ui";
import { useMutation } from "@tanstack/react-query";

import { useTexts } from "../texts/texts.ts";
import { orderCsv } from "./order-csv.ts";
import { readAllOrders, type ReadPage } from "./read-all-orders.ts";

/** Saves every order of a list, of all its pages, as a file. */
export function useOrderExport(read: ReadPage): {
  readonly save: () => void;
  readonly isExporting: boolean;
  readonly error: Error | null;
} {
  const texts = useTexts();
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      const day = new Date().toISOString().slice(0, 10);
      // The mark tells Excel that the file is UTF-8.
      saveFile(
        `orders-${day}.csv`,
        "text/csv",
        `\uFEFF${orderCsv(await readAllOrders(read), texts)}`,
      );
    },
  });
  return {
    save: () => {
      mutate();
    },
    isExporting: isPending,
    error,
  };
}
