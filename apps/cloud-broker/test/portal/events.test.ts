import { afterAll, beforeAll, expect, test } from "vitest";

import { listenEvents } from "./listen-events.ts";
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

/** Over another replica than the one that writes. */
const listen = (page: SignedInPage, at = world, url = replicaUrl) => listenEvents(page, at, url);

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
