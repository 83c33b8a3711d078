import { expect, test } from "vitest";

import { defaultUnlockPolicy } from "../../src/core/unlock-policy.ts";
import { migrate } from "../../src/store/migrate.ts";
import { MIGRATIONS } from "../../src/store/migrations.ts";
import { API, jobPath, minimalJob, SUBSCRIPTION } from "../world/jobs.ts";
import { openBroker } from "../world/open-broker.ts";

const JOB = jobPath("mixed");
const POLICY = `${JOB}/unlockPolicy`;
const OF_SUBSCRIPTION = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.DataBox/custodyPolicy`;
const FREE = defaultUnlockPolicy({ leaseTtlSeconds: 60, outageGraceSeconds: 900 });
const { windows, approvals } = FREE.release;

/** The first use of each feature, and the newest migration of the last program without it. */
const FIRST_USES = {
  "split custody": {
    at: ["PUT", POLICY],
    body: { ...FREE, custody: { kind: "split", acceptNoRecovery: true } },
    without: "0020-own-keys",
  },
  "a subscription's custody": {
    at: ["PUT", OF_SUBSCRIPTION],
    body: { splitOnly: true },
    without: "0022-sanitisations",
  },
  "terms of a purpose": {
    at: ["PUT", POLICY],
    body: { ...FREE, purposes: { ingest: { windows, approvals, networks: [] } } },
    without: "0023-custody-policies",
  },
  "an override": {
    at: ["POST", `${POLICY}/override`],
    body: { reason: "all have left", policy: FREE },
    without: "0026-list-indexes",
  },
  "a customer's tenant": {
    at: ["PUT", "/operator/v1/tenants/77777777-7777-4777-8777-777777777777"],
    body: { name: "Contoso" },
    without: "0035-own-keys-seen",
  },
  "a fresh read of the key": {
    at: ["PUT", POLICY],
    body: { ...FREE, freshKey: true },
    without: "0037-subscription-tenants",
  },
} as const;

test.each(Object.entries(FIRST_USES))(
  "the first use of %s takes the replicas of programs without it out of service",
  async (_name, { at: [method, path], body, without }) => {
    await using world = await openBroker();
    const call = async (verb: string, at: string, content: object) => {
      const claims = { roles: ["Owner", "DataBox.Operator"] };
      const { status, text } = await world.call(verb, `${at}?${API}`, { body: content, claims });
      expect({ isDone: status < 300, text }).toMatchObject({ isDone: true });
    };
    await call("PUT", JOB, minimalJob());
    if (method === "POST") {
      const needed = { ...FREE.release, approvals: { ...approvals, required: 1 } };
      await call("PUT", POLICY, { ...FREE, release: needed });
    }
    const former = Object.fromEntries(
      Object.entries(MIGRATIONS).filter(([name]) => name <= without),
    );
    await migrate(world.store(), former);
    await call(method, path, body);
    // A running replica compares the same name at /readyz.
    await expect(migrate(world.store(), former)).rejects.toMatchObject({ code: "Misuse" });
    expect((await world.call("GET", "/readyz")).json).toMatchObject({ status: "ready" });
  },
);
