import type { CheckRow } from "@databox-cmk/errors";

export type DoctorCheckName =
  | "state-folder"
  | "settings"
  | "device-key"
  | "boot"
  | "envelope"
  | "share"
  | "volume"
  | "proxy"
  | "name"
  | "connection"
  | "certificate"
  | "challenge"
  | "clock"
  | "last-unlock";

/** From the machine outwards: repair the first failure first. */
export const DOCTOR_CHECKS: readonly CheckRow<DoctorCheckName>[] = [
  { name: "state-folder", title: "state folder", after: [] },
  { name: "settings", title: "settings", after: ["state-folder"] },
  { name: "device-key", title: "device key", after: ["state-folder"] },
  { name: "boot", title: "boot id", after: ["settings"] },
  { name: "envelope", title: "envelope", after: ["settings"] },
  { name: "share", title: "device share", after: ["envelope"] },
  { name: "volume", title: "volume", after: ["settings"] },
  { name: "proxy", title: "proxy settings", after: [] },
  { name: "name", title: "broker's name", after: ["settings"] },
  { name: "connection", title: "connection", after: ["name"] },
  { name: "certificate", title: "certificate", after: ["connection"] },
  { name: "challenge", title: "broker's answer", after: ["certificate"] },
  { name: "clock", title: "clock", after: ["challenge"] },
  { name: "last-unlock", title: "last unlock", after: ["settings"] },
];
