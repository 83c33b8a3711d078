import { messageHash } from "@databox-cmk/crypto";
import { DEVICE_ROUTES, MESSAGE_TYPES } from "@databox-cmk/protocol";

import { checkForeign, send, UNKNOWN_ID, unless } from "./broker-world.ts";
import type { BrokerWorld, Verb } from "./broker-world.ts";

/** The erasure of the own node; its last messages. */
export async function checkErasure(world: BrokerWorld): Promise<void> {
  const { run, act, device } = world;
  const suite = "erasure";
  const { denial, erasurePermit, sanitised } = MESSAGE_TYPES;
  const request: Verb = {
    suite,
    path: DEVICE_ROUTES.erasures,
    type: MESSAGE_TYPES.erasureRequest,
    payload: () => device.next(),
  };
  const certificate: Verb = {
    suite,
    path: DEVICE_ROUTES.sanitisations,
    type: MESSAGE_TYPES.sanitisation,
    payload: () => ({
      ...device.next(),
      journalHead: messageHash("journal"),
      medium: { path: "/dev/a", kind: "block device", volume: "luks2", id: UNKNOWN_ID, bytes: 512 },
      method: "zeros",
      verification: "read back",
      startedAt: "2026-11-25T00:00:00.000Z",
      verifiedAt: "2026-11-25T00:01:00.000Z",
    }),
  };
  const forbidden = { code: "ErasureForbidden" };
  await run(suite, "a request before the copy is complete: ErasureForbidden", async () =>
    unless(await send(world, request), denial, forbidden),
  );
  await run(suite, "a certificate before the copy is complete: ErasureForbidden", async () =>
    unless(await send(world, certificate), denial, forbidden),
  );
  await run(suite, "permits it once the copy is complete", async () => {
    await act("complete", device.order);
    return unless(await send(world, request), erasurePermit);
  });
  await checkForeign(world, request, { countsCounter: true });
  await checkForeign(world, certificate, { countsCounter: false });
  await run(suite, "countersigns the certificate, and the same bytes again", async () => {
    const text = await device.sign(certificate.type, certificate.payload());
    const first = await device.exchangeText(certificate.path, text);
    const again = await device.exchangeText(certificate.path, text);
    const { countersignedAt } = first.payload;
    return unless(first, sanitised) ?? unless(again, sanitised, { countersignedAt });
  });
  await run(suite, "another certificate: NodeErased", async () =>
    unless(await send(world, certificate), denial, { code: "NodeErased" }),
  );
}
