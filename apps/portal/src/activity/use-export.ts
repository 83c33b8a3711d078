import { saveFile } from "@databox-cmk/ui";
import { useMutation } from "@tanstack/react-query";

import { readChainLines, readWholeActivity } from "../api/activity.ts";
import { activityFilterOf, type ActivitySearch } from "../core/activity-search.ts";
import { useOrderName } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { useTexts } from "../texts/texts.ts";
import { activityCsv } from "./activity-csv.ts";

/** `lines`: the whole chain, for verification; `csv`: the filtered rows, for reading. */
type ExportForm = "lines" | "csv";

export function useExport(search: ActivitySearch): {
  readonly save: (form: ExportForm) => void;
  readonly isExporting: boolean;
  readonly error: Error | null;
} {
  const texts = useTexts();
  const { client } = useSignedIn();
  const name = useOrderName();
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (form: ExportForm) => {
      const fileName = `${name.jobName}-activity`;
      if (form === "lines") {
        const lines = await readChainLines(client, name);
        saveFile(`${fileName}.jsonl`, "application/jsonl", lines);
        return;
      }
      const entries = await readWholeActivity(client, name, activityFilterOf(search, Date.now()));
      saveFile(`${fileName}.csv`, "text/csv", activityCsv(entries, texts.activity));
    },
  });
  return { save: mutate, isExporting: isPending, error };
}
