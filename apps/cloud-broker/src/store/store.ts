import type { Kysely, Transaction } from "kysely";

import type { BrokerTables } from "./schema.ts";

/** The broker's database, on either engine. */
export type Store = Kysely<BrokerTables>;
export type StoreTransaction = Transaction<BrokerTables>;
