import { messageHash } from "@databox-cmk/crypto";
import { type Lease, leasePath, type LeaseRenewal, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { DeviceClient } from "@databox-cmk/testkit";

/** @returns the answer's text */
export async function renew(device: DeviceClient, lease: Lease): Promise<string> {
  device.counter += 1;
  const text = await device.sign(MESSAGE_TYPES.leaseRenewal, {
    lease: lease.id,
    order: device.order,
    serial: device.serial,
    bootId: "00000000-0000-4000-8000-000000000001",
    counter: device.counter,
    sequence: lease.sequence,
    state: "unlocked",
    journalHead: messageHash("journal"),
  } satisfies LeaseRenewal);
  const answer = await device.post(leasePath("renewals", lease.id), text);
  return answer.text;
}
