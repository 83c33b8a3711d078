import { type AskedPurpose, ASKED_PURPOSES, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { LeaseClient } from "@databox-cmk/testkit";

import {
  type Act,
  type OtherWorld,
  unless,
  unlessAnswered,
  unlessForbidden,
} from "./broker-world.ts";

/** The stages of an export in their order: the act that leads to each, and its only purpose. */
const STAGES: readonly {
  readonly name: string;
  readonly act?: Parameters<Act>[0];
  readonly allowed?: AskedPurpose;
}[] = [
  { name: "before its copy" },
  { name: "during its copy", act: "fill", allowed: "fill" },
  { name: "at the customer's site", act: "deliver", allowed: "unlock" },
  { name: "after its return", act: "return" },
];

/** A node of an export: it is filled before it travels, and nothing reads it on its return. */
export async function checkExport({ run, act, device, code }: OtherWorld): Promise<void> {
  const suite = "export";
  const held: LeaseClient[] = [];
  await run(suite, "enrols and prepares its node", async () => {
    const fault = unlessAnswered(await device.enrol(code));
    if (fault !== undefined) return fault;
    const { answer } = await device.unlock("prepare");
    if (answer.kind !== "answer") return unlessAnswered(answer);
    return unlessAnswered(await device.receipt(answer.text, "prepared"));
  });
  for (const { name, act: move, allowed } of STAGES) {
    if (move !== undefined)
      await run(suite, `${name}: the order goes on`, async () => {
        await act(move, device.order);
        return undefined;
      });
    const holder = held.pop();
    if (holder !== undefined)
      await run(suite, `${name}, closes a volume that was open for the earlier stage`, async () =>
        unless(await holder.renew(), MESSAGE_TYPES.relock, { code: "PurposeForbidden" }),
      );
    for (const purpose of ASKED_PURPOSES.filter((each) => each !== allowed))
      await run(suite, `${name}, ${purpose}: PurposeForbidden`, () =>
        unlessForbidden(device, purpose, allowed),
      );
    if (allowed !== undefined)
      await run(suite, `${name}, grants ${allowed}, and takes its receipt`, async () => {
        const { answer } = await device.unlock(allowed);
        if (answer.kind !== "answer") return unlessAnswered(answer);
        held.push(new LeaseClient(device, answer.value.lease));
        return unlessAnswered(await device.receipt(answer.text, "unlocked"));
      });
  }
}
