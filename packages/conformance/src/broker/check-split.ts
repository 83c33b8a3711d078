import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import {
  type EnvelopeContext,
  messageHash,
  openEnvelope,
  parseEnvelope,
} from "@databox-cmk/crypto";
import { DEVICE_ROUTES, MESSAGE_TYPES } from "@databox-cmk/protocol";
import { RekeyClient } from "@databox-cmk/testkit";
import * as z from "zod";

import { copyShare, namedKeys } from "../recovery-copy.ts";
import { skipRest } from "../result.ts";
import { type OtherWorld, unless, unlessAnswered, unlessDenied } from "./broker-world.ts";

const exportedCopies = z.array(
  z.looseObject({ serial: z.string(), deviceShare: z.optional(z.unknown()) }),
);

/** Copies of a node's share that a broker must refuse. */
const FOREIGN_COPIES: Readonly<Record<string, (own: EnvelopeContext) => EnvelopeContext>> = {
  "of the kind that holds the broker's share": (own) => ({ ...own, cus: "split" }),
  "without its kind": ({ cus: _cus, ...own }) => own,
  "of another node": (own) => ({ ...own, dev: "DBX-NONE" }),
  "of another order": (own) => ({ ...own, ord: `${own.ord}x` }),
  "of an envelope that the node does not have": (own) => ({ ...own, env: randomUUID() }),
};

/** A node in split custody, of an order with one recovery key or more. */
export async function checkSplit({
  run,
  act,
  device,
  code,
  recoveryKeys,
}: OtherWorld): Promise<void> {
  const suite = "split custody";
  const { order: ord, serial: dev } = device;
  const envNow = () => device.envelope?.env ?? "";
  const offered: ReturnType<typeof namedKeys>[] = [];
  /** The fault of keys that are not the order's own. */
  const unlessOwners = (keys: ReturnType<typeof namedKeys>) => {
    const kids = keys.map(({ kid }) => kid);
    return kids.toSorted().join() === [...recoveryKeys].toSorted().join()
      ? undefined
      : `names the recovery keys ${kids.join()}`;
  };
  const unlessExported = async (copy: unknown) => {
    const value = exportedCopies.parse(JSON.parse(await act("export", ord)));
    const found = value.find(({ serial }) => serial === dev)?.deviceShare;
    return isDeepStrictEqual(found, copy) ? undefined : "gives the owner another copy";
  };
  await run(suite, "enrols the node in split custody, and names recovery keys", async () => {
    const answer = await device.enrol(code);
    if (answer.kind !== "answer") return unlessAnswered(answer);
    const named = namedKeys(answer.value.extensions);
    offered.push(named);
    const fault = unlessOwners(named);
    if (fault !== undefined) return fault;
    return parseEnvelope(device.envelope?.jwe).context.cus === "split"
      ? undefined
      : "the envelope is of escrow";
  });
  const [keys] = offered;
  if (keys === undefined) return skipRest(run, suite);
  const copies = async (env: string): Promise<readonly (readonly [string, unknown])[]> => {
    const own = { env, ord, dev, cus: "split-device" } as const;
    const foreign = Object.entries(FOREIGN_COPIES).map(
      async ([name, contextOf]) => [name, await copyShare(keys, contextOf(own))] as const,
    );
    return [["that is not an envelope", {}], ...(await Promise.all(foreign))];
  };
  const ownCopy = (env: string) => copyShare(keys, { env, ord, dev, cus: "split-device" });
  /** Sends one message with the copy of the node's share. */
  const withCopy = async <Answer>(deviceShare: unknown, send: () => Promise<Answer>) => {
    device.extensions = { deviceShare };
    try {
      return await send();
    } finally {
      device.extensions = undefined;
    }
  };
  /** The broker's share that a grant of this purpose gives. */
  const given: { readonly share: Buffer; readonly text: string }[] = [];
  const grants = async (purpose: "prepare" | "unlock") => {
    const { answer, contentKey } = await device.unlock(purpose);
    if (answer.kind !== "answer" || contentKey === undefined) return unlessAnswered(answer);
    const envelope = parseEnvelope(device.envelope?.jwe);
    const context = { env: envNow(), ord, dev, cus: "split" } as const;
    const share = Buffer.from(await openEnvelope(envelope, contentKey, context));
    given.push({ share, text: answer.text });
    return share.byteLength === 32 ? undefined : "the share does not have 32 bytes";
  };
  await run(suite, "grants the broker's share", () => grants("prepare"));
  const [first] = given;
  if (first === undefined) return skipRest(run, suite);
  for (const [name, copy] of await copies(envNow()))
    await run(suite, `a receipt with a copy ${name}: DeviceMessageMalformed`, async () =>
      unlessDenied(
        await withCopy(copy, () => device.receipt(first.text, "prepared")),
        "DeviceMessageMalformed",
      ),
    );
  const firstCopy = await ownCopy(envNow());
  await run(suite, "takes the receipt with a copy of the node's share", async () =>
    unlessAnswered(await withCopy(firstCopy, () => device.receipt(first.text, "prepared"))),
  );
  await run(suite, "gives the owner this very copy", () => unlessExported(firstCopy));
  await run(suite, "gives the same share at the customer's site", async () => {
    await act("deliver", ord);
    const fault = await grants("unlock");
    return fault ?? (given.at(-1)?.share.equals(first.share) ? undefined : "another share");
  });
  const former = envNow();
  const rekeyings: {
    readonly client: RekeyClient;
    readonly proposal: Awaited<ReturnType<RekeyClient["propose"]>>;
  }[] = [];
  await run(suite, "proposes an envelope in split custody, and names recovery keys", async () => {
    const client = await RekeyClient.unlock(device);
    const { payload } = await client.ask();
    const fault = unlessOwners(namedKeys(payload["extensions"]));
    if (fault !== undefined) return fault;
    const proposal = await client.propose();
    rekeyings.push({ client, proposal });
    return parseEnvelope(proposal.envelope.jwe).context.cus === "split"
      ? undefined
      : "the envelope is of escrow";
  });
  const [rekeying] = rekeyings;
  if (rekeying === undefined) return skipRest(run, suite);
  const { client } = rekeying;
  const { rekey, envelope } = rekeying.proposal;
  const confirm = () =>
    device.exchange(DEVICE_ROUTES.rekeyConfirmations, MESSAGE_TYPES.rekeyConfirmation, {
      rekey,
      ...device.next(),
      journalHead: messageHash("journal"),
    });
  for (const [name, copy] of await copies(envelope.env))
    await run(suite, `a confirmation with a copy ${name}: DeviceMessageMalformed`, async () =>
      unless(await withCopy(copy, confirm), MESSAGE_TYPES.denial, {
        code: "DeviceMessageMalformed",
      }),
    );
  await run(suite, "which put nothing in force", () => grants("unlock"));
  const nextCopy = await ownCopy(envelope.env);
  await run(suite, "puts the proposal in force with the copy of the new share", async () => {
    const answer = await withCopy(nextCopy, () => client.confirm(rekey));
    return answer.env === envelope.env ? undefined : "another envelope is in force";
  });
  await run(suite, "gives the owner the copy of the new share", () => unlessExported(nextCopy));
  await run(suite, "gives another share with the new envelope", async () => {
    const fault = await grants("unlock");
    return fault ?? (given.at(-1)?.share.equals(first.share) ? "the former share" : undefined);
  });
  await run(suite, "a request with the former envelope: EnvelopeMismatch", async () => {
    const { answer } = await device.unlock("unlock", {
      payload: (said) => ({ ...said, env: former }),
    });
    return unlessDenied(answer, "EnvelopeMismatch");
  });
}
