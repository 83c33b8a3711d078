export type MachineParameters = {
  readonly kernel: string;
  readonly initialRamDisk: string;
  /** The locked volume, and the node's own disk with the agent's state. */
  readonly volume: string;
  readonly stateDisk: string;
  /** Unix socket of the control port. */
  readonly controlSocket: string;
  /** Unix socket of swtpm's control channel. */
  readonly tpmSocket: string;
  readonly consoleFile: string;
  /** Name of the broker's host; in the guest it is the host's loopback. */
  readonly brokerHost: string;
  /** `boot`: the agent asks for the key by itself, as its unit does. */
  readonly unlock: "boot" | "by-hand";
};

const MEMORY_MIB = 640;
/** Spares a boot under software emulation half a second of self-tests and timer checks. */
const FAST_BOOT =
  "quiet cryptomgr.notests audit=0 lsm= rcupdate.rcu_expedited=1 no_timer_check mitigations=off";

/** AES and no AVX: wide vectors cost an emulated processor a fifth more time than they save. */
const PROCESSOR = "Westmere";

/**
 * A PC of one processor in software: hardware virtualisation is not asked for, since what offers
 * it here may hang a real kernel. The only network is the host's loopback, at 10.0.2.2.
 */
export function machineParameters(machine: MachineParameters): readonly string[] {
  const ours = `databox.broker=${machine.brokerHost} databox.unlock=${machine.unlock}`;
  const commandLine = `console=ttyS0 panic=-1 ${FAST_BOOT} ${ours}`;
  return [
    ["-machine", "q35", "-accel", "tcg", "-cpu", PROCESSOR],
    ["-m", String(MEMORY_MIB), "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ["-monitor", "none", "-serial", `file:${machine.consoleFile}`],
    ["-kernel", machine.kernel, "-initrd", machine.initialRamDisk, "-append", commandLine],
    ...disk("volume", machine.volume),
    ...disk("state", machine.stateDisk),
    ["-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net"],
    ["-device", "virtio-rng-pci", "-device", "virtio-serial-pci"],
    ["-chardev", `socket,id=control,path=${machine.controlSocket},server=on,wait=off`],
    ["-device", "virtserialport,chardev=control,name=databox.control"],
    ["-chardev", `socket,id=tpm,path=${machine.tpmSocket}`],
    ["-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-tis,tpmdev=tpm0"],
  ].flat();
}

function disk(id: string, path: string): string[][] {
  return [
    ["-drive", `file=${path},if=none,id=${id},format=raw`],
    ["-device", `virtio-blk-pci,drive=${id}`],
  ];
}
