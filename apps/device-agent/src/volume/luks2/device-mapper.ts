import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";

const CONTROL_DEVICE = "/dev/mapper/control";
const DEVICES = "/sys/block";

/**
 * Whether this process can use the kernel's device-mapper. The device file alone proves nothing:
 * cryptsetup creates it even without a driver.
 */
export function hasDeviceMapper(): boolean {
  try {
    closeSync(openSync(CONTROL_DEVICE, "r+"));
    return true;
  } catch {
    return false; // ENOENT, ENODEV or EACCES: no mapping can be made.
  }
}

export type Mapping = {
  /** `major:minor`. */
  readonly device: string;
  /** Cut off (close-mapping.ts) and still in use: no device is below it any longer. */
  readonly isDead: boolean;
};

/**
 * The kernel's view: a mapping that was cut off keeps its name for longer than its node under
 * /dev/mapper.
 */
export function findMapping(name: string): Mapping | undefined {
  const devices = readdirSync(DEVICES).filter((device) => device.startsWith("dm-"));
  const device = devices.find((each) => readLine(`${each}/dm/name`) === name);
  if (device === undefined) return undefined;
  const isDead = readdirSync(`${DEVICES}/${device}/slaves`).length === 0;
  return { device: readLine(`${device}/dev`), isDead };
}

const readLine = (path: string): string => readFileSync(`${DEVICES}/${path}`, "utf8").trim();
