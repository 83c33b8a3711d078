import type { Finding } from "@databox-cmk/errors";

/** @param applied - names that the database says were run; @param known - those of this program, oldest first */
export function judgeMigrations(applied: readonly string[], known: readonly string[]): Finding {
  const foreign = applied.filter((name) => !known.includes(name));
  if (foreign.length > 0)
    return {
      ok: false,
      failure: {
        code: "Misuse",
        detail: `the database was written by a newer broker (${foreign.join(", ")})`,
        remedy: {
          who: "broker-operator",
          text: "Run the broker's newer version; a database is never brought back to an older schema",
        },
      },
    };
  const pending = known.filter((name) => !applied.includes(name));
  const newest = applied.at(-1) ?? "nothing";
  return {
    ok: true,
    found:
      pending.length === 0
        ? `newest is ${newest}`
        : `${String(pending.length)} to come at the next start (${pending.join(", ")})`,
  };
}
