import { createFakeBroker } from "@databox-cmk/testkit";
import * as z from "zod";

import { readJob, serveParent } from "./child.ts";

const { serial } = readJob(z.strictObject({ serial: z.string() }));
/** A broker without a vault, in a process of its own, so that only the agent's own time remains. */
const broker = await createFakeBroker();
const { enrolmentCode } = await broker.addNode(serial);
const { url, order, certificateAuthorityPem } = broker;
serveParent({ url, order, certificateAuthorityPem, enrolmentCode }, () => ({}));
