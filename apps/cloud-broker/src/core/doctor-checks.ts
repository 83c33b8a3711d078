import type { CheckRow } from "@databox-cmk/errors";

/** From the broker's own files outwards to Azure: repair the first failure first. */
export const DOCTOR_CHECKS = [
  { name: "configuration", title: "configuration", after: [] },
  { name: "memory", title: "memory", after: ["configuration"] },
  { name: "data-folder", title: "data folder", after: ["configuration"] },
  { name: "database", title: "database", after: ["data-folder"] },
  { name: "migrations", title: "database schema", after: ["database"] },
  { name: "database-write", title: "database writable", after: ["database"] },
  { name: "database-rights", title: "database rights", after: ["database"] },
  { name: "restores", title: "restored backup", after: ["database"] },
  { name: "signing-keys", title: "own keys", after: ["data-folder"] },
  { name: "clock", title: "clock", after: ["configuration"] },
  { name: "certificate", title: "TLS certificate", after: ["configuration"] },
  { name: "name-authority", title: "Entra ID's name", after: ["configuration"] },
  { name: "name-resource-manager", title: "Resource Manager's name", after: ["configuration"] },
  { name: "name-vault", title: "own vault's name", after: ["configuration"] },
  { name: "issuer", title: "issuer from outside", after: ["configuration", "signing-keys"] },
  { name: "identity", title: "own identity", after: ["configuration"] },
  { name: "service-key", title: "service key", after: ["identity", "name-vault"] },
  { name: "service-key-use", title: "wrap and unwrap", after: ["service-key"] },
  { name: "retirements", title: "Azure retires", after: ["configuration"] },
] as const satisfies readonly CheckRow[];
export type DoctorCheckName = (typeof DOCTOR_CHECKS)[number]["name"];
