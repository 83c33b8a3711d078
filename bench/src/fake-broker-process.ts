import { createFakeBroker } from "@databox-cmk/testkit";
import * as z from "zod";

import { readJob, serveParent } from "./child.ts";

const nodes = readJob(z.record(z.string(), z.enum(["escrow", "split"])));

/** A broker without a vault, in a process of its own, so that only the agent's own time remains. */
const broker = await createFakeBroker();
const enrolmentCodes: Record<string, string> = {};
for (const [serial, custody] of Object.entries(nodes))
  enrolmentCodes[serial] = (await broker.addNode(serial, { custody })).enrolmentCode;
const { url, order, certificateAuthorityPem } = broker;
serveParent({ url, order, certificateAuthorityPem, enrolmentCodes }, () => ({}));
