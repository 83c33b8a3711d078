import type { Finding } from "@databox-cmk/errors";

/**
 * @param applied - migrations that the database has run
 * @param known - migrations of this program, oldest first
 * @param needed - the migration that the database requires of every program
 * (docs/design/decisions/0011); absent: none
 */
export function judgeMigrations(
  applied: readonly string[],
  known: readonly string[],
  needed: string | undefined,
): Finding {
  if (needed !== undefined && !known.includes(needed))
    return {
      ok: false,
      failure: {
        code: "Misuse",
        detail: `the database needs a newer broker (one that knows ${needed})`,
        remedy: {
          who: "broker-operator",
          text: "Run the broker's newer version; a database cannot be changed back to an older schema",
        },
      },
    };
  const pending = known.filter((name) => !applied.includes(name));
  const newest = applied.at(-1) ?? "nothing";
  const isForeign = applied.length > 0 && !known.includes(newest);
  return {
    ok: true,
    found:
      pending.length === 0
        ? `newest is ${newest}${isForeign ? ", of a newer broker, with which this one can still run" : ""}`
        : `${String(pending.length)} to come at the next start (${pending.join(", ")})`,
  };
}
