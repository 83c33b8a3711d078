import { createFakeBroker } from "@databox-cmk/testkit";
import * as z from "zod/mini";

const nodes = z.record(z.string(), z.enum(["escrow", "split"]));

/** A broker without a vault, in a process of its own, so that only the agent's own time remains. */
const broker = await createFakeBroker();
const enrolmentCodes: Record<string, string> = {};
for (const [serial, custody] of Object.entries(nodes.parse(JSON.parse(process.argv[2] ?? "")))) {
  const { enrolmentCode } = await broker.addNode(serial, { custody });
  enrolmentCodes[serial] = enrolmentCode;
}
process.once("disconnect", () => process.exit());
process.send?.({
  url: broker.url,
  order: broker.order,
  certificateAuthorityPem: broker.certificateAuthorityPem,
  enrolmentCodes,
});
