import { closeSync, existsSync, openSync } from "node:fs";

const CONTROL_DEVICE = "/dev/mapper/control";

/** Whether this kernel has device-mapper, for us. The node alone proves nothing: cryptsetup makes it where no driver answers. */
export function hasDeviceMapper(): boolean {
  try {
    closeSync(openSync(CONTROL_DEVICE, "r+"));
    return true;
  } catch {
    return false; // ENOENT, ENODEV or EACCES: no mapping can be made
  }
}

export function isMapped(mapping: string): boolean {
  return existsSync(`/dev/mapper/${mapping}`);
}
