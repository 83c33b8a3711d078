import { join } from "node:path";

import { addressStandings, type AddressStandings } from "../core/address-standing.ts";
import { readJson } from "./private-file.ts";
import { writeJson } from "./write-durably.ts";

const pathIn = (folder: string) => join(folder, "broker-addresses.json");

/** None if the file cannot be read: the next change writes it again. */
export function readAddressStandings(folder: string): AddressStandings {
  try {
    return readJson(pathIn(folder), addressStandings) ?? {};
  } catch {
    return {};
  }
}

/** Writes only what is new. A connection needs none of it, so a full disk does not end one. */
export function noteAddressStanding(
  folder: string,
  address: string,
  found: AddressStandings[string],
): void {
  const known = readAddressStandings(folder);
  if (known[address]?.standing === found.standing) return;
  try {
    writeJson(pathIn(folder), { ...known, [address]: found });
  } catch {
    // A file that must be written tells the fault of the disk.
  }
}
