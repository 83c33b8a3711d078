import type { ActivityEntry } from "../api/activity.ts";
import { renderCsv } from "../core/render-csv.ts";
import type { Texts } from "../texts/en.ts";
import { actionName, actorName } from "./actor-name.ts";

/** Rows for a spreadsheet: times in UTC, codes unchanged. */
export function activityCsv(entries: readonly ActivityEntry[], texts: Texts["activity"]): string {
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
