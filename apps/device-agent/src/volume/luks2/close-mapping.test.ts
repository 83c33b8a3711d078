import { expect, test } from "vitest";

import type { ProgramResult } from "../start-program.ts";
import { closeMapping, type Machine } from "./close-mapping.ts";

const MAPPING = { name: "databox-1", device: "253:0" };
const BUSY = 5;

type Fake = {
  /** Mount points of the machine, and of a mount namespace that only this process has. */
  readonly ofMachine: readonly string[];
  readonly ofProcess?: readonly string[];
  /** As in the service: copies of the machine's mounts, and no permission to unmount. */
  readonly isService?: boolean;
  readonly systemd?: boolean;
  /** A program has a file open there. */
  readonly openIn?: string;
};

const end = (exitCode: number): ProgramResult => ({ exitCode, stdout: "", complaint: "" });
const render = (points: readonly string[]) =>
  points.map((point) => `40 1 253:0 / ${point} rw - ext4 /dev/mapper/databox-1 rw\n`).join("");

/** A kernel with one mapping, and the programs that change its mounts. */
function createMachine(fake: Fake) {
  let machine = fake.ofMachine;
  let own = fake.ofProcess ?? [];
  const ran: string[] = [];
  const run: Machine["run"] = async (program, parameters) => {
    ran.push([program, ...parameters].join(" "));
    const isFree = (point: string) => point !== fake.openIn;
    if (program === "systemctl") {
      if (fake.systemd !== true) return end(1);
      machine = machine.filter((point) => !(parameters.includes(point) && isFree(point)));
    }
    if (program === "umount" && fake.isService !== true) {
      const isKept = (point: string) => !(parameters.includes(point) && isFree(point));
      machine = machine.filter(isKept);
      own = own.filter(isKept);
    }
    return end(0);
  };
  const readMounts: Machine["readMounts"] = (viewer) =>
    viewer === "1" ? render(machine) : render([...machine, ...own]);
  const close = async () => end(machine.length + own.length === 0 ? 0 : BUSY);
  return { ran, closing: () => closeMapping(MAPPING, close, { run, readMounts }) };
}

test("the service, which may not unmount, lets systemd do it: nothing is cut off", async () => {
  const { ran, closing } = createMachine({
    ofMachine: ["/data", "/home/copy"],
    isService: true,
    systemd: true,
  });
  expect(await closing()).toMatchObject({ exitCode: 0 });
  expect(ran).toEqual(["systemctl stop /home/copy /data"]);
});

test("without systemd, umount unmounts", async () => {
  const { ran, closing } = createMachine({ ofMachine: ["/data"] });
  expect(await closing()).toMatchObject({ exitCode: 0 });
  expect(ran).toEqual(["systemctl stop /data", "umount /data"]);
});

test("a mount that systemd does not know is unmounted, too", async () => {
  const { ran, closing } = createMachine({ ofMachine: [], ofProcess: ["/own"], systemd: true });
  expect(await closing()).toMatchObject({ exitCode: 0 });
  expect(ran).toEqual(["umount /own"]);
});

test("with a file open, only what is still mounted is flushed, and the device is cut off", async () => {
  const { ran, closing } = createMachine({
    ofMachine: ["/data", "/srv/copy"],
    isService: true,
    systemd: true,
    openIn: "/data",
  });
  expect(await closing()).toMatchObject({ exitCode: 0 });
  expect(ran).toEqual([
    "systemctl stop /srv/copy /data",
    "umount /data",
    "sync -f /data",
    "dmsetup --verifyudev remove --force --deferred databox-1",
  ]);
});

test("a mapping that is not in use is only closed", async () => {
  const { ran, closing } = createMachine({ ofMachine: [] });
  expect(await closing()).toMatchObject({ exitCode: 0 });
  expect(ran).toEqual([]);
});
