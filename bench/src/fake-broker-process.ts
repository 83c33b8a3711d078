import { createFakeBroker } from "@databox-cmk/testkit";

/** A broker without a vault, in a process of its own, so that only the agent's own time remains. */
const broker = await createFakeBroker();
const { enrolmentCode } = await broker.addNode("BENCH-0001");
process.once("disconnect", () => process.exit());
process.send?.({
  url: broker.url,
  order: broker.order,
  certificateAuthorityPem: broker.certificateAuthorityPem,
  enrolmentCode,
});
