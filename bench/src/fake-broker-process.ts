import { createFakeBroker } from "@databox-cmk/testkit";

/** A broker with no vault behind it, in a process of its own: what remains is the agent's own time. */
const broker = await createFakeBroker();
const { enrolmentCode } = await broker.addNode("BENCH-0001");
process.once("disconnect", () => process.exit());
process.send?.({
  url: broker.url,
  order: broker.order,
  certificateAuthorityPem: broker.certificateAuthorityPem,
  enrolmentCode,
});
