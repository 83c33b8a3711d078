import { step, type StoryContext } from "../story/story-context.ts";
import { close, expectRefused, expectUnlocked } from "../story/unlock-steps.ts";
import { type SampleSite, TOUR_ORDER } from "./samples.ts";

/**
 * Breaks the order of the tour by its key, and mends it. Before each step a person can read the
 * portal.
 *
 * @param untilRead - resolves when the person wants to go on
 */
export async function guideTour(
  context: StoryContext,
  sites: ReadonlyMap<string, SampleSite>,
  untilRead: () => Promise<void>,
): Promise<void> {
  const { stack } = context;
  const { key, appliance } = sites.get(TOUR_ORDER) ?? {};
  if (key === undefined || appliance === undefined)
    throw new Error(`the tour needs the order ${TOUR_ORDER} with a key of its own`);
  const [node] = appliance.nodes;
  const page = `${stack.portalUrl}/orders/${stack.subscriptionId}/${stack.resourceGroup}/${TOUR_ORDER}`;
  const say = (name: string, detail: string, work = async () => undefined as void) =>
    step(context, name, detail, work);

  await say(
    "Look",
    `${page} shows a healthy key and an unlocked node. Sign in as ada@contoso.example. The tour disables the key next.`,
  );
  await untilRead();
  await say("Broken", `version ${key.version} of the key in ${key.vaultName} is disabled`, () =>
    key.setEnabled(false),
  );
  await close(context, appliance);
  await expectRefused(context, appliance, "SsemUserErrorEncryptionKeyDisabled");
  await say(
    "Look",
    `${page}/troubleshoot names the cause, the person who must act and the command. Activity has the refusal. The tour enables the key next.`,
  );
  await untilRead();
  await say("Mended", `version ${key.version} is enabled again`, () => key.setEnabled(true));
  await expectUnlocked(context, appliance);
  await say(
    "Your turn",
    `break it by "npm run emulator -- fault add --service key-vault --status 503", try "npm run agent -- --node ${node?.serial ?? ""} unlock", and mend it by "npm run emulator -- fault clear"`,
  );
}
