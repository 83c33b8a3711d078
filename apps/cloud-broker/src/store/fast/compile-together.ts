import { namesOf } from "@databox-cmk/errors";
import { type Compilable, type OperationNodeSource, sql } from "kysely";

import type { OrderId } from "../../core/order.ts";
import { isDivisionByZero } from "../postgres/failures.ts";
import { engineOf, type Store } from "../store.ts";
import type { Commit } from "../transactions.ts";
import { compileOnce, compileWriteOnce } from "./compile-once.ts";

type Build<Parameters> = (store: Store, parameters: Parameters) => Compilable & OperationNodeSource;

/** Undoes the writes before the one that changed nothing. */
class NotAll extends Error {
  override readonly name = "NotAll";
  readonly write: string;

  constructor(write: string) {
    super("a write changed nothing");
    this.write = write;
  }
}

/**
 * Conditional writes that each change a row, or none of them happens: a transaction without
 * decisions. On PostgreSQL they are one statement and one round trip, which other orders may share.
 * Only if that fails, they run one by one, as on SQLite, to find the one that changes nothing.
 *
 * @param writes - in the order of their locks; parameters as in `compileOnce`
 * @returns a function that commits durably, or returns the name of the first write that changes
 * nothing
 */
export function compileTogether<Name extends string, Parameters extends object>(
  writes: Readonly<Record<Name, Build<Parameters>>>,
): (
  database: { readonly store: Store; readonly commit: Commit },
  parameters: Parameters & { readonly order: OrderId },
) => Promise<Name | undefined> {
  const entries = namesOf(writes).map((name) => [name, writes[name]] as const);
  const asOne = compileOnce((store, parameters: Parameters) => ({
    compile: () =>
      allOrNothing(entries.map(([, build]) => build(store, parameters))).compile(store),
  }));
  const oneByOne = entries.map(([name, build]) => ({ name, run: compileWriteOnce(build) }));
  return async ({ store, commit }, parameters) => {
    if (engineOf(store) === "postgres")
      try {
        await commit((transaction) => asOne(transaction, parameters), {
          order: parameters.order,
          statement: () => asOne(store, parameters),
        });
        return undefined;
      } catch (error) {
        if (!isDivisionByZero(error)) throw error;
      }
    try {
      await commit(async (transaction) => {
        for (const { name, run } of oneByOne)
          if ((await run(transaction, parameters)) === 0n) throw new NotAll(name);
      });
      return undefined;
    } catch (error) {
      if (!(error instanceof NotAll)) throw error;
      return entries.find(([name]) => name === error.write)?.[0];
    }
  };
}

/** The statement fails, and so undoes itself, if one of its writes changes nothing. */
function allOrNothing(writes: readonly OperationNodeSource[]) {
  const parts = writes.map((write, index) => {
    const name = sql.id(`write_${String(index)}`);
    return {
      write: sql`${name} as (${write} returning 1)`,
      changed: sql`(select count(*) from ${name})`,
    };
  });
  return sql`with ${sql.join(parts.map(({ write }) => write))}
    select 1 / least(${sql.join(parts.map(({ changed }) => changed))}) as done`;
}
