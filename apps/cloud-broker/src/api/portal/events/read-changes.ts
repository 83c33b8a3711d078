import { type ChangeKind, changesOf } from "../../../core/portal/changes.ts";
import type { Clock } from "../../../core/ports.ts";
import type { Store } from "../../../store/store.ts";

/** Changed orders, each with its changed parts. */
export type Changes = ReadonlyMap<string, ReadonlySet<ChangeKind>>;

/** Tolerates commits that took this long, and replicas whose clocks differ this much. */
const WINDOW_MS = 10_000;
const SKEW_MS = 2_000;
/** More rows in a window are too many: pages are asked to read everything again. */
const ROWS_MAX = 2_000;

/**
 * Finds the writes of all replicas: the audit trail has a row for each decision, in the same
 * commit. One query of an index serves all pages of a replica. Rows of the window that were seen
 * before are recognised by their sequence number, which only grows in its chain.
 */
export function createReadChanges({
  store,
  now,
}: {
  readonly store: Store;
  readonly now: Clock;
}): () => Promise<Changes | "many"> {
  // The pages themselves read earlier changes, except for those that a slower clock wrote just now.
  const sinceMs = now() - SKEW_MS;
  let seen: ReadonlyMap<string, number> = new Map();
  return async () => {
    const windowMs = now() - WINDOW_MS;
    const rows = await store
      .selectFrom("audit")
      .select(["chain", "sequence", "row_json"])
      .where("at_ms", ">", Math.max(windowMs, sinceMs))
      .where("chain", "<>", "broker")
      .orderBy("at_ms", "desc")
      .limit(ROWS_MAX)
      .execute();
    const changes = new Map<string, Set<ChangeKind>>();
    const window = new Map<string, number>();
    for (const { chain, sequence, row_json: text } of rows) {
      window.set(chain, Math.max(window.get(chain) ?? 0, sequence));
      if (sequence <= (seen.get(chain) ?? 0)) continue;
      const what = changes.get(chain) ?? new Set();
      for (const kind of changesOf(actionOf(text))) what.add(kind);
      changes.set(chain, what);
    }
    seen = window;
    return rows.length === ROWS_MAX && changes.size > 0 ? "many" : changes;
  };
}

function actionOf(rowJson: string): string {
  const row: unknown = JSON.parse(rowJson);
  return typeof row === "object" && row !== null && "action" in row ? String(row.action) : "";
}
