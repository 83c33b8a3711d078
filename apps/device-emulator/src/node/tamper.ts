import {
  chmodSync,
  closeSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/** The parts of a node that an attacker can change. */
export type TamperTarget = {
  readonly stateDir: string;
  readonly diskPath: string;
  /** state.json as it was when the node was last switched on. */
  readonly stateAtPowerOn: string | undefined;
};

/** The actions of an attacker who holds the appliance. Each must end in a clear refusal to open. */
export const TAMPERINGS = {
  /**
   * One bit of the key material: byte 40,000 lies in the first key slot of LUKS2, byte 80 in a
   * portable header's sealed key.
   */
  "disk-bit": ({ diskPath }) => {
    const start = Buffer.alloc(6);
    const disk = openSync(diskPath, "r+");
    try {
      readSync(disk, start, 0, start.length, 0);
      const position = start.toString("latin1").startsWith("LUKS") ? 40_000 : 80;
      const byte = Buffer.alloc(1);
      readSync(disk, byte, 0, 1, position);
      byte[0] = (byte[0] ?? 0) ^ 1;
      writeSync(disk, byte, 0, 1, position);
    } finally {
      closeSync(disk);
    }
  },
  /** The disk is taken out and a blank one put in. */
  "blank-disk": ({ diskPath }) => writeFileSync(diskPath, ""),
  /** The envelope on the system disk is changed: one letter of its signature. */
  envelope: ({ stateDir }) => {
    const path = join(stateDir, "envelope.jws");
    const text = readFileSync(path, "utf8").trim();
    const at = text.length - 10;
    const letter = text[at] === "A" ? "B" : "A";
    writeFileSync(path, `${text.slice(0, at)}${letter}${text.slice(at + 1)}\n`);
  },
  /** The system disk is put back to a copy made earlier. */
  "state-rollback": ({ stateDir, stateAtPowerOn }) => {
    if (stateAtPowerOn === undefined) throw new RangeError("the node had no state to go back to");
    writeFileSync(join(stateDir, "state.json"), stateAtPowerOn);
  },
  /** Others may read the device key. */
  "open-device-key": ({ stateDir }) => chmodSync(join(stateDir, "device-key.pem"), 0o644),
} as const satisfies Record<string, (target: TamperTarget) => void>;
export type Tampering = keyof typeof TAMPERINGS;
