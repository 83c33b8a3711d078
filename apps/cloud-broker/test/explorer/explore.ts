import type { BrokerWorld } from "../world/open-broker.ts";
import { perform, tellStep } from "./actions.ts";
import { PROPERTIES, type Violation } from "./properties.ts";
import { createRandom, createSteps } from "./random-steps.ts";
import { rescue } from "./rescue.ts";
import { type Removed, type Step, Walk } from "./walk.ts";
import { requireNothingOpens } from "./whole-knowledge.ts";

const STEPS_OF_A_WALK = 26;

let orders = 0;

async function walkBy(
  world: BrokerWorld,
  next: (walk: Walk) => Step | undefined,
  removed: ReadonlySet<Removed>,
  patienceMs?: number,
): Promise<Walk> {
  orders += 1;
  const walk = new Walk(world, `walk-${orders}`, removed);
  if (patienceMs !== undefined) walk.patienceMs = patienceMs;
  try {
    let step = next(walk);
    const [first, kind] = step ?? [];
    if (step !== undefined && first === "order") walk.told.push({ step, answer: "delivered" });
    await walk.begin(first === "order" && kind === "two nodes" ? kind : "one node");
    if (first === "order") step = next(walk);
    for (; step !== undefined; step = next(walk)) await walk.take(step, perform);
    await rescue(walk);
    await requireNothingOpens(walk);
  } finally {
    await walk.end();
  }
  return walk;
}

export function walkRandomly(
  world: BrokerWorld,
  seed: number,
  removed: ReadonlySet<Removed> = new Set(),
): Promise<Walk> {
  return walkBy(world, createSteps(createRandom(seed), STEPS_OF_A_WALK), removed);
}

export function replay(
  world: BrokerWorld,
  steps: readonly Step[],
  removed: ReadonlySet<Removed> = new Set(),
  patienceMs?: number,
): Promise<Walk> {
  const rest = [...steps];
  return walkBy(world, () => rest.shift(), removed, patienceMs);
}

/** Violations of one class have the same cause, probably; numbers and names do not matter. */
export const classOf = ({ property, what }: Violation): string =>
  `${property} ${what.replaceAll(/\(.*\)|\d+/g, "")}`;

/** The shortest list of steps that still shows a violation of the class: steps are left out. */
export async function shrink(
  world: BrokerWorld,
  steps: readonly Step[],
  wanted: string,
  removed: ReadonlySet<Removed> = new Set(),
): Promise<readonly Step[]> {
  const shows = async (tried: readonly Step[]): Promise<boolean> => {
    const { violations } = await replay(world, tried, removed);
    return violations.some((each) => classOf(each) === wanted);
  };
  let best = steps;
  if (!(await shows(steps))) return steps;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = Math.floor(size / 2))
    for (let at = 0; at < best.length;) {
      const tried = [...best.slice(0, at), ...best.slice(at + size)];
      if (await shows(tried)) best = tried;
      else at += size;
    }
  return best;
}

/** Violations as the story that leads to them, in plain words. */
export function tellStory(walk: Walk, seed: number): string {
  const steps = walk.told.map(({ step, answer }) => `  ${tellStep(step)} → ${answer}`);
  const found = walk.violations.map(
    ({ property, what }) => `${property}. ${PROPERTIES[property].says}\n   Violated: ${what}`,
  );
  return [
    `Seed ${seed}`,
    ...steps,
    ...found,
    `As data: ${JSON.stringify(walk.told.map(({ step }) => step))}`,
  ].join("\n");
}
