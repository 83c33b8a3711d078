import { ASKED_PURPOSES, type AskedPurpose, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { LeaseClient } from "@databox-cmk/testkit";

import { unless, unlessAnswered, unlessDenied, unlessForbidden } from "./broker-world.ts";
import type { Act, BrokerWorld, OtherWorld } from "./broker-world.ts";

/** The order's release windows, and the purposes of its stages, up to the datacenter. */
export async function checkPurposes({ run, act, device }: BrokerWorld): Promise<void> {
  const held: LeaseClient[] = [];
  await run("window", "an unlock outside the release windows: ReleaseWindowClosed", async () => {
    held.push(await LeaseClient.unlock(device));
    await act("close-window", device.order);
    return unlessDenied((await device.unlock("unlock")).answer, "ReleaseWindowClosed");
  });
  await run("window", "renews the lease of a volume that is open", async () => {
    const answer = await held.at(-1)?.renew();
    return answer === undefined ? "there is no lease" : unless(answer, MESSAGE_TYPES.lease);
  });
  await run("window", "unlocks when there is no window", async () => {
    await act("open-window", device.order);
    held.push(await LeaseClient.unlock(device));
    return undefined;
  });
  for (const purpose of ["ingest", "fill"] as const)
    await run("purpose", `at the customer's site, ${purpose}: PurposeForbidden`, () =>
      unlessForbidden(device, purpose, "unlock"),
    );
  await run(
    "purpose",
    "closes a volume that was open for the purpose of an earlier stage",
    async () => {
      await act("return", device.order);
      const answer = await held.at(-1)?.renew();
      if (answer === undefined) return "there is no lease";
      return unless(answer, MESSAGE_TYPES.relock, { code: "PurposeForbidden" });
    },
  );
  for (const purpose of ["unlock", "fill"] as const)
    await run("purpose", `in the datacenter, ${purpose}: PurposeForbidden`, () =>
      unlessForbidden(device, purpose, "ingest"),
    );
  await run("purpose", "grants ingest in the datacenter, and takes its receipt", async () => {
    const { answer } = await device.unlock("ingest");
    if (answer.kind !== "answer") return unlessAnswered(answer);
    return unlessAnswered(await device.receipt(answer.text, "unlocked"));
  });
}

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
