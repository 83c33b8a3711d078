import { perform, type Scope } from "./actions.ts";
import { accountOf, type Name, policyOf, RULES } from "./people.ts";
import type { Step, Walk } from "./walk.ts";

const HELPERS: readonly Name[] = ["Olga", "Ann", "Bob", "Carl"];
const [OPEN = { n: 0 }] = RULES;

/**
 * Property 3: at the end of each walk all honest people help, and the appliance must get its key;
 * an Owner's override is the last resort.
 */
export async function rescue(walk: Walk): Promise<void> {
  if (walk.held !== undefined) await walk.take(["let go"], perform);
  const { world } = walk;
  if (walk.stage !== "Delivered" && walk.stage !== "AtAzureDC" && walk.stage !== "DataCopy") return;
  const found = walk.violations.length;
  const trail: string[] = [];
  const take = async (...step: Step): Promise<string> => {
    await walk.take(step, perform);
    const answer = walk.told.pop()?.answer ?? "";
    trail.push(`${step.join(" ")}: ${answer}`);
    return answer;
  };
  const helpers = HELPERS.filter(
    (who) => who !== "Bob" || world.assignments.has(accountOf(who).oid),
  );
  const approve = async (kind: "unlock" | "change") => {
    for (const who of helpers) await take("vote", who, "approve", kind);
  };
  if (walk.history.isErased) return;
  await take("key", true);
  await take("vault", true);
  if (walk.enrolmentCode !== undefined && (await take("enrol")) !== "answer") {
    await take("replace");
    await take("enrol");
  }
  const restore = async (): Promise<void> => {
    for (let trial = 0; trial < 2; trial += 1)
      for (const [who, scope] of switchesOf(walk))
        if ((await take("restore", who, scope)) === "needs approval") await approve("change");
  };
  await restore();
  const attempt = async (): Promise<boolean> => {
    // A copy may have used higher counters.
    walk.node.client.counter += 100;
    walk.node.asked = undefined;
    let answer = await take("ask", "appliance");
    if (UNKNOWN.has(answer)) {
      // The restored database is older than the device, its envelope or its counters.
      if ((await take("replace")).startsWith("400")) {
        await take("revoke", "the operator", "node");
        await take("replace");
        await restore();
      }
      await take("enrol");
      answer = await take("ask", "appliance");
    }
    if (answer !== "pending") return answer === "granted";
    await approve("unlock");
    return (await take("ask again", "appliance")) === "granted";
  };
  const open = async (): Promise<boolean> => {
    await take("rules", "Olga", 0);
    await approve("change");
    await take("rules", "Olga", 0);
    await restore();
    return attempt();
  };
  const isUnlocked = (await attempt()) || (await open()) || (await override(walk, take, attempt));
  if (!isUnlocked)
    walk.violations.splice(found, Infinity, {
      property: 3,
      what: `nobody honest can unlock or undo (${trail.slice(-6).join("; ")})`,
    });
}

const UNKNOWN: ReadonlySet<string> = new Set([
  "DeviceNotAuthenticated",
  "GenerationRollback",
  "EnvelopeMismatch",
  "CounterRollback",
]);

/** The switches that are on: who can turn each off, and its scope. */
function switchesOf(walk: Walk): readonly (readonly [who: Name, scope: Scope])[] {
  return [...walk.history.switchesOn(walk.history.seq).values()].map(({ by, scope }) => [
    by === "operator" ? "the operator" : "Olga",
    scope === "order" || scope === "subscription" || scope === "fleet"
      ? scope
      : scope === `node ${walk.node.client.serial}`
        ? "node"
        : "second node",
  ]);
}

async function override(
  walk: Walk,
  take: (...step: Step) => Promise<string>,
  attempt: () => Promise<boolean>,
): Promise<boolean> {
  if (walk.removed.has("an Owner can override")) return false;
  const policy = policyOf(OPEN);
  const answer = await walk.order("Olga", "POST", "/unlockPolicy/override", {
    reason: "the approvers are gone",
    policy,
  });
  if (answer.status !== 202) return false;
  await take("pass", 25 * 3600);
  const { status } = await walk.order("Olga", "PUT", "/unlockPolicy", policy);
  if (status !== 200) return false;
  walk.note({ kind: "rules", rules: OPEN });
  for (const [who, scope] of switchesOf(walk)) await take("restore", who, scope);
  return attempt();
}
