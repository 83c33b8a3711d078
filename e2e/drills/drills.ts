import { backupPostgres } from "./backup-postgres.ts";
import { backupSqlite } from "./backup-sqlite.ts";
import { certificate } from "./certificate.ts";
import { compromisedDevice } from "./compromised-device.ts";
import type { Drill } from "./drill.ts";
import { evacuatedVault } from "./evacuated-vault.ts";
import { fullDisk } from "./full-disk.ts";
import { issuerKey } from "./issuer-key.ts";
import { lostRegion } from "./lost-region.ts";
import { lostShare } from "./lost-share.ts";
import { olderThanDevice } from "./older-than-device.ts";
import { pgbouncer } from "./pgbouncer.ts";
import { preparedSince } from "./prepared-since.ts";
import { promotion } from "./promotion.ts";
import { serviceKey } from "./service-key.ts";
import { signingKeys } from "./signing-keys.ts";
import { upgrade } from "./upgrade.ts";
import { wrongClock } from "./wrong-clock.ts";

export const DRILLS = {
  "backup-sqlite": backupSqlite,
  "backup-postgres": backupPostgres,
  pgbouncer,
  promotion,
  "lost-region": lostRegion,
  "service-key": serviceKey,
  "older-than-device": olderThanDevice,
  "signing-keys": signingKeys,
  "issuer-key": issuerKey,
  certificate,
  "compromised-device": compromisedDevice,
  "lost-share": lostShare,
  "evacuated-vault": evacuatedVault,
  upgrade,
  "full-disk": fullDisk,
  "wrong-clock": wrongClock,
  // The last with its stack: the refusals of later ones would mention its restore.
  "prepared-since": preparedSince,
} as const satisfies Readonly<Record<string, Drill>>;
