import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";

const CONTROL_DEVICE = "/dev/mapper/control";
const DEVICES = "/sys/block";

/** Whether this kernel has device-mapper, for us. The node alone proves nothing: cryptsetup makes it where no driver answers. */
export function hasDeviceMapper(): boolean {
  try {
    closeSync(openSync(CONTROL_DEVICE, "r+"));
    return true;
  } catch {
    return false; // ENOENT, ENODEV or EACCES: no mapping can be made
  }
}

export type Mapping = {
  /** `major:minor`. */
  readonly device: string;
  /** Cut off (close-mapping.ts) and still in use: no device is below it any more. */
  readonly isDead: boolean;
};

/** As the kernel knows it: a mapping that was cut off keeps its name for longer than its node under /dev/mapper. */
export function findMapping(name: string): Mapping | undefined {
  const devices = readdirSync(DEVICES).filter((device) => device.startsWith("dm-"));
  const device = devices.find((each) => readLine(`${each}/dm/name`) === name);
  if (device === undefined) return undefined;
  const isDead = readdirSync(`${DEVICES}/${device}/slaves`).length === 0;
  return { device: readLine(`${device}/dev`), isDead };
}

const readLine = (path: string): string => readFileSync(`${DEVICES}/${path}`, "utf8").trim();
