import { Agent, request } from "node:https";

import { afterAll, beforeAll, expect, test } from "vitest";

import {
  minimalOrder,
  type PortalWorld,
  type SignedInPage,
  startPortalWorld,
} from "./portal-world.ts";

let world: PortalWorld;
let replicaUrl: string;
beforeAll(async () => {
  world = await startPortalWorld();
  replicaUrl = await world.startReplica();
});
afterAll(() => world[Symbol.asyncDispose]());

const jobs = () =>
  `/subscriptions/${world.emulator.subscriptionId}/resourceGroups/${world.emulator.resourceGroup}/providers/Microsoft.DataBox/jobs`;
const create = ({ call }: SignedInPage, name: string) =>
  call(`/portal/api/arm${jobs()}/${name}?api-version=2025-07-01`, {
    method: "PUT",
    json: minimalOrder(world),
  });

/**
 * An EventSource, as much as a test needs of one: over another replica than the one that writes.
 */
async function listen(
  page: SignedInPage,
  { caPem, portalUrl: home }: PortalWorld = world,
  at = replicaUrl,
) {
  const { host, port } = new URL(at);
  const cookie = page.browser.cookies.get(`${new URL(home).host} __Host-databox`) ?? "";
  const agent = new Agent({ ca: caPem });
  const { promise, resolve, reject } = Promise.withResolvers<{
    readonly status: number;
    readonly type: string;
    readonly text: () => string;
    readonly until: (pattern: RegExp) => Promise<string>;
    /** Whether the broker ended it by itself, and did not cut it off. */
    readonly ended: Promise<boolean>;
  }>();
  const message = request(
    {
      agent,
      host: "127.0.0.1",
      port,
      servername: "broker.localhost",
      path: "/portal/api/events",
      headers: { host, accept: "text/event-stream", cookie: `__Host-databox=${cookie}` },
    },
    (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("error", () => undefined);
      const ended = new Promise<boolean>((done) => {
        response.once("close", () => {
          done(response.complete);
        });
      });
      const until = (pattern: RegExp): Promise<string> =>
        new Promise((done, fail) => {
          const look = (): void => {
            if (pattern.test(text)) done(text);
          };
          response.on("data", look);
          response.once("close", () => {
            fail(new Error(`ended with ${text}`));
          });
          look();
        });
      resolve({
        status: response.statusCode ?? 0,
        type: String(response.headers["content-type"]),
        text: () => text,
        until,
        ended,
      });
    },
  );
  message.on("error", reject);
  message.end();
  return promise;
}

test("pages get the changes of another replica, as far as their users may read them", async () => {
  const ada = await world.signIn("ada");
  const ren = await world.signIn("ren");
  const nobody = await world.signIn("nobody");
  const [first, second, third] = await Promise.all([listen(ada), listen(ren), listen(nobody)]);
  expect([first.status, first.type]).toEqual([200, "text/event-stream; charset=utf-8"]);
  await Promise.all([first, second, third].map((each) => each.until(/event: hello/)));

  expect((await create(ada, "news")).status).toBe(202);
  const expected = new RegExp(
    `event: order\\ndata: \\{"id":"${`${jobs()}/news`.toLowerCase()}","what":\\["activity","health","stage"\\]\\}`,
  );
  await first.until(expected);
  await second.until(expected);
  expect(third.text()).not.toContain("news");
});

test("a signed-out page receives nothing", async () => {
  const ada = await world.signIn("ada");
  const stream = await listen(ada);
  await stream.until(/event: hello/);
  expect((await ada.call("/portal/auth/sign-out", { method: "POST" })).status).toBe(200);
  await stream.ended;
});

test("without a session there is nothing to hear", async () => {
  using browser = world.newBrowser();
  const answer = await browser.go(`${world.portalUrl}/portal/api/events`);
  expect(answer.status).toBe(401);
});

test("a broker that closes does not wait for those who listen", async () => {
  await using other = await startPortalWorld();
  const ada = await other.signIn("ada");
  const stream = await listen(ada, other, other.portalUrl);
  await stream.until(/event: hello/);
  await other.broker.close();
  // After the grace period for open requests, it would have been cut off.
  expect(await stream.ended).toBe(true);
});
