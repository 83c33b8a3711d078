import type { ActivityEntry } from "@databox-cmk/protocol";
import { saveFile } from "@databox-cmk/ui";
import { useMutation } from "@tanstack/react-query";

import { readChainLines, readWholeActivity } from "../api/activity.ts";
import { activityFilterOf, type ActivitySearch } from "../core/activity-search.ts";
import { renderCsv } from "../core/render-csv.ts";
import { useOrderName } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import type { Texts } from "../texts/en.ts";
import { useTexts } from "../texts/texts.ts";
import { actionName, actorName } from "./actor-name.ts";

/** `lines`: the whole chain, for verification; `csv`: the filtered rows, for reading. */
type ExportForm = "lines" | "csv";

export function useExport(search: ActivitySearch) {
  const texts = useTexts();
  const { client } = useSignedIn();
  const name = useOrderName();
  return useMutation({
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
}

/** Rows for a spreadsheet: times in UTC, codes unchanged. */
function activityCsv(entries: readonly ActivityEntry[], texts: Texts["activity"]): string {
  const { columns } = texts;
  return renderCsv([
    [
      "#",
      `${columns.when} (UTC)`,
      columns.what,
      columns.who,
      columns.from,
      columns.node,
      columns.keyVersion,
      columns.result,
      texts.code,
      texts.reason,
      texts.correlationId,
    ],
    ...entries.map(({ sequence, at, row }) => [
      String(sequence),
      new Date(at).toISOString(),
      actionName(row, texts),
      actorName(row, texts),
      row.actor.address ?? "",
      row.serial ?? row.actor.serial ?? "",
      row.kid ?? "",
      texts.outcomes[row.outcome],
      row.code ?? "",
      row.reason ?? "",
      row.correlationId ?? "",
    ]),
  ]);
}
