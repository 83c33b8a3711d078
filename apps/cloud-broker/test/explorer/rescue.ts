import { perform } from "./actions.ts";
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
  await take("key", true);
  await take("vault", true);
  if (walk.enrolmentCode !== undefined && (await take("enrol")) !== "answer") {
    await take("replace");
    await take("enrol");
  }
  const restore = async (): Promise<void> => {
    for (let trial = 0; trial < 2 && walk.isOn; trial += 1) {
      if ((await take("restore", "Olga")) === "needs approval") await approve("change");
    }
  };
  await restore();
  const attempt = async (): Promise<boolean> => {
    // A copy may have used higher counters.
    walk.node.client.counter += 100;
    walk.node.asked = undefined;
    const answer = await take("ask", "appliance");
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
  if (!(await attempt()) && !(await open()) && !(await override(walk, take, attempt)))
    walk.violations.splice(found, Infinity, {
      property: 3,
      what: `nobody honest can unlock or undo (${trail.slice(-6).join("; ")})`,
    });
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
  walk.changes.set("Olga", { rules: OPEN, approval: answer.json.approvalId });
  const { status } = await walk.order("Olga", "PUT", "/unlockPolicy", policy);
  if (status !== 200) return false;
  walk.note({ kind: "rules", rules: OPEN });
  for (let trial = 0; trial < 2 && walk.isOn; trial += 1) await take("restore", "Olga");
  return attempt();
}
