import { ACTIVITY_CALLS, type ActivityEntry } from "@databox-cmk/protocol";
import { saveFile } from "@databox-cmk/ui";
import { useMutation } from "@tanstack/react-query";

import { readEveryPage } from "../api/read-every-page.ts";
import { activityFilterOf, type ActivitySearch } from "../core/activity-search.ts";
import { renderCsv } from "../core/render-csv.ts";
import { useOrderName } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import type { Texts } from "../texts/en.ts";
import { useTexts } from "../texts/texts.ts";
import { actionName, actorName } from "./actor-name.ts";

/** `lines`: the whole chain, each row as it was hashed, for `audit verify --export`; `csv`: the filtered rows, for reading. */
type ExportForm = "lines" | "csv";

export function useExport(search: ActivitySearch) {
  const texts = useTexts();
  const { client } = useSignedIn();
  const name = useOrderName();
  return useMutation({
    mutationFn: async (form: ExportForm) => {
      const fileName = `${name.jobName}-activity`;
      if (form === "lines") {
        const chain = await readEveryPage((position) =>
          client.call(ACTIVITY_CALLS.list, { params: name, query: { $skipToken: position } }),
        );
        const lines = chain.map((entry) => `${JSON.stringify(entry)}\n`).join("");
        saveFile(`${fileName}.jsonl`, "application/jsonl", lines);
        return;
      }
      const filter = activityFilterOf(search, Date.now());
      const entries = await readEveryPage((position) =>
        client.call(ACTIVITY_CALLS.view, {
          params: name,
          query: { ...filter, $skipToken: position },
        }),
      );
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
