import type { Appliance } from "../stack/appliances.ts";
import { type CustomerKey, createVaultAndKey } from "../story/key-steps.ts";
import { createOrder, enableIdentity, useCustomerKey } from "../story/order-steps.ts";
import { step, type StoryContext } from "../story/story-context.ts";
import { prepare } from "../story/unlock-steps.ts";
import { callOrder, COURSE, type Sample, SAMPLES, type SampleSite } from "./samples.ts";

/** Places the sample orders one after the other; answers each by its name. */
export async function fillPortal(context: StoryContext): Promise<ReadonlyMap<string, SampleSite>> {
  const sites = new Map<string, SampleSite>();
  const quiet = { ...context, report: () => undefined };
  for (const sample of SAMPLES) {
    const site = await step(context, `Order ${sample.name}`, sample.shows, () =>
      placeSample(quiet, sample),
    );
    sites.set(sample.name, { ...site, context });
  }
  return sites;
}

async function placeSample(context: StoryContext, sample: Sample): Promise<SampleSite> {
  const { operator } = context;
  const { name, serials = [], until, end, finish } = sample;
  const order = await createOrder(context, name, serials.length > 1 ? "DataBoxHeavy" : "DataBox");
  const appliance =
    serials.length === 0 ? undefined : await context.createAppliance(order.id, serials);
  if (appliance !== undefined) await prepare(context, appliance);
  const key = sample.ownKey ? await takeOwnKey(context, order) : undefined;

  const moves = until === undefined ? [] : COURSE.slice(0, COURSE.indexOf(until) + 1);
  for (const move of moves)
    if (move !== "prepare") await operator.advance(order.id, move, { force: true });
    else if (appliance === undefined) await operator.prepare(order.id, [`DBX-${name}`]);
  if (end !== undefined) await operator.advance(order.id, ...end);
  if (appliance !== undefined) await boot(appliance);

  const site = { context, order: order.id, key, appliance };
  await finish?.(site);
  if (key !== undefined) await callOrder(context, order.id, "POST", "keyHealth/check");
  return site;
}

async function takeOwnKey(
  context: StoryContext,
  order: Awaited<ReturnType<typeof createOrder>>,
): Promise<CustomerKey> {
  const principalId = await enableIdentity(context, order);
  const key = await createVaultAndKey(context, `contoso-${order.name}`);
  await key.grant(principalId);
  await useCustomerKey(context, order, key);
  return key;
}

/** At the customer's it boots locked. */
async function boot(appliance: Appliance): Promise<void> {
  await appliance.ship();
  for (const node of appliance.nodes) await node.lock();
}
