import type { ActivityFilter } from "@databox-cmk/protocol";

/** The searched columns: actor, node, result and key. Steps and claims are too long to search. */
const SEARCHED = ["action", "code", "reason", "serial", "kid", "correlationId", "vaultRequestId"];
const SEARCHED_OF_ACTOR = ["name", "serial", "objectId", "address"];

type Row = Readonly<Record<string, unknown>>;

/** Whether an audit row matches the filter; the database compares the time. */
export function fitsActivityFilter(
  row: Row,
  { action, outcome, search }: Pick<ActivityFilter, "action" | "outcome" | "search">,
): boolean {
  const name = textOf(row["action"]);
  return (
    (action === undefined ||
      action.split(",").some((each) => name === each || name.startsWith(`${each}/`))) &&
    (outcome === undefined || row["outcome"] === outcome) &&
    (search === undefined || isFound(row, search.toLowerCase()))
  );
}

function isFound(row: Row, wanted: string): boolean {
  const actor = isRow(row["actor"]) ? row["actor"] : {};
  return [
    ...SEARCHED.map((member) => row[member]),
    ...SEARCHED_OF_ACTOR.map((member) => actor[member]),
  ].some((value) => textOf(value).toLowerCase().includes(wanted));
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
