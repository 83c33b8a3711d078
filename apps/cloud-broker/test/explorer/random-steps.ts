import { type Name, RULES } from "./people.ts";
import type { Step, Walk } from "./walk.ts";

/** mulberry32: a walk is found again by its seed. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const CHANGERS: readonly Name[] = ["Olga", "Olga", "Olga", "Carl", "Carl", "Carl's pipeline"];
const DECIDERS: readonly Name[] = [
  "Olga",
  "Ann",
  "Ann",
  "Bob",
  "Bob",
  "Carl",
  "Carl's pipeline",
  "Carl's other pipeline",
];
const ANYBODY: readonly Name[] = [...CHANGERS, ...DECIDERS, "Rita", "Stan"];
const OPERATOR: Name = "the operator";
const SCOPES = ["order", "order", "node", "second node", "subscription", "fleet"] as const;
const KEYS = ["the newest version", "another vault's key", "another identity"] as const;
const FORGED = ["revoke", "restoreAccess", "listCredentials", "breakGlass"] as const;
const ENDED: ReadonlySet<string> = new Set(["Aborted", "Completed"]);
/** After these a key is asked for: what left before may not leave again. */
const POWER: ReadonlySet<string> = new Set([
  "revoke",
  "restore",
  "replace",
  "move",
  "rules",
  "split custody",
  "restore the backup",
]);
const DONE = /^(?:20\d|restored)/;
const WEIGHTS = [0.25, 1, 1, 3];

/**
 * The next step of a walk. Each walk has weights of its own; a request that waits is followed by a
 * burst of votes; while a call is held, changes of power are most interesting.
 */
export function createSteps(
  random: () => number,
  length: number,
): (walk: Walk) => Step | undefined {
  let taken = 0;
  const pick = <Value>(values: readonly Value[]): Value => {
    const value = values[Math.floor(random() * values.length)];
    if (value === undefined) throw new RangeError("nothing to pick from");
    return value;
  };
  const swarm: number[] = [];
  const queue: Step[] = [];
  const rules = (who: Name): Step => ["rules", who, Math.floor(random() * RULES.length)];
  const move = (): Step => [
    "move",
    pick(["pickUp", "receive", "startCopy", "complete", "fail", "fail", "erase", "deliver"]),
  ];
  const vote = (kind: string): Step => [
    "vote",
    pick(DECIDERS),
    random() < 0.9 ? "approve" : "reject",
    kind,
  ];
  return (walk) => {
    taken += 1;
    if (taken === 1) return ["order", random() < 0.25 ? "two nodes" : "one node"];
    if (taken > length) return undefined;
    const burst = queue.shift();
    if (burst !== undefined) return burst;
    const last = walk.told.at(-1);
    if (last?.answer === "pending" && random() < 0.6) {
      const again: Step = ["ask again", last.step[1] ?? "appliance"];
      queue.push(vote("unlock"), vote("unlock"));
      queue.push(random() < 0.25 ? ["hold", "vault", again] : again);
      return vote("unlock");
    }
    if (last?.answer === "needs approval" && random() < 0.6) {
      const again: Step = ["send again", last.step[1] ?? ""];
      queue.push(vote("change"), again);
      return vote("change");
    }
    if (last !== undefined && POWER.has(last.step[0]) && DONE.test(last.answer) && random() < 0.4) {
      const device = walk.thief !== undefined && random() < 0.3 ? "stolen copy" : "appliance";
      return pick<Step>([
        ["ask again", device],
        ["ask again", device],
        ["ask", device],
        ["carry again", "Carl", device],
        ["passkey", "Olga"],
        ["renew", device],
        ["news", "Olga", device],
      ]);
    }
    const isHeld = walk.held !== undefined;
    const device =
      walk.thief !== undefined && random() < 0.4
        ? "stolen copy"
        : walk.second !== undefined && random() < 0.3
          ? "second node"
          : "appliance";
    const scope = () => pick(SCOPES);
    const backUp: Step = ["back up"];
    const waits = walk.node.asked?.approval !== undefined || walk.changes.size > 0;
    const holdable: readonly Step[] = [
      ["ask", device],
      ["ask", device],
      ["ask again", device],
      ["passkey", "Olga"],
      ["carry", "Carl", device],
      ["rekey"],
      ["rekey to the end"],
      ["choose key", "Olga", pick(KEYS)],
    ];
    const inTransaction: readonly Step[] = [
      ...holdable,
      ["export", "Olga"],
      ["restore", "Olga", scope()],
      rules("Carl"),
      vote("unlock"),
      ["replace"],
      ["revoke", "Olga"],
    ];
    const table: readonly (readonly [weight: number, step: () => Step])[] = [
      [taken < 4 ? 14 : 4, () => rules(random() < 0.1 ? pick(ANYBODY) : pick(CHANGERS))],
      [walk.changes.size > 0 ? 4 : 0, () => ["send again", pick([...walk.changes.keys()])]],
      [9, () => ["ask", device]],
      [walk.node.asked === undefined ? 0 : 7, () => ["ask again", device]],
      [waits ? 12 : 1, () => vote(random() < 0.6 ? "unlock" : "change")],
      [3, () => ["passkey", pick(ANYBODY)]],
      [walk.hasRecoveryKey ? 3 : 0.3, () => ["export", pick(ANYBODY)]],
      [walk.hasRecoveryKey ? 0.2 : 2, () => ["recovery key", pick(CHANGERS)]],
      [walk.rules.glass === true ? 3 : 0.3, () => ["emergency access", pick(ANYBODY)]],
      [3, () => ["carry", pick(CHANGERS), device]],
      [walk.node.carried === undefined ? 0 : 4, () => ["carry again", pick(CHANGERS), device]],
      [walk.node.lease === undefined ? 0 : 2, () => ["rekey"]],
      [walk.node.lease === undefined ? 0 : 3, () => ["renew", device]],
      [walk.node.lease === undefined ? 0 : 3, () => ["wait", device]],
      [walk.node.wait === undefined ? 0 : 5, () => ["news", "Olga", device]],
      [2, () => ["revoke", pick(ANYBODY), scope()]],
      [0.8, () => ["revoke", "the operator", scope()]],
      [walk.isOn ? 6 : 0.3, () => ["restore", pick([...CHANGERS, OPERATOR, OPERATOR]), scope()]],
      [walk.isSplit ? 0.2 : 1, () => ["split custody", pick(CHANGERS)]],
      [walk.node.lease === undefined ? 0 : 2, () => ["rekey to the end"]],
      [1.5, () => ["choose key", pick(ANYBODY), pick(KEYS)]],
      [0.5, () => ["new version"]],
      [1, () => ["campaign", pick(["rotate", "move"])]],
      [1, () => ["sign in", pick(["Olga", "Carl", "Ann", "Rita"])]],
      [
        walk.sessions.size > 0 ? 1 : 0,
        () => ["forge", pick([...walk.sessions.keys()]), pick(FORGED)],
      ],
      [walk.sessions.size > 0 ? 0.5 : 0, () => ["sign out", pick([...walk.sessions.keys()])]],
      [ENDED.has(walk.stage) ? 2 : 0.2, () => ["delete", pick(ANYBODY)]],
      [walk.backup === undefined ? 1 : 0.2, () => backUp],
      [walk.backup === undefined ? 0 : 1, () => ["restore the backup"]],
      [walk.backup === undefined ? 0 : 0.5, () => ["confirm the restore"]],
      [walk.stage === "Deleted" ? 4 : 0, () => ["place again"]],
      [walk.thief === undefined ? 2 : 0.2, () => ["steal"]],
      [2, () => ["replace"]],
      [walk.enrolmentCode === undefined ? 0 : 8, () => ["enrol"]],
      [walk.stage === "Aborted" || walk.stage === "Completed" ? 5 : 0, () => ["move", "erase"]],
      [1.2, move],
      [0.8, () => ["lose Bob"]],
      [3, () => ["pass", pick([1, 10, 31, 61, 200, 1000, 3700, 90_000])]],
      [0.5, () => ["clock back", pick([1, 5, 20])]],
      [0.15, () => ["crash"]],
      [0.8, () => ["key", random() < 0.6]],
      [0.8, () => ["vault", random() < 0.6]],
      [2, () => ["look"]],
      [isHeld ? 0 : 6, () => ["hold", "vault", pick(holdable)]],
      [isHeld ? 0 : 3, () => ["hold", "transaction", pick(inTransaction)]],
      [isHeld ? 6 : 0, () => ["let go"]],
      [
        isHeld ? 14 : 0,
        () =>
          pick<Step>([
            ["replace"],
            ["revoke", "Olga", scope()],
            ["revoke", OPERATOR, scope()],
            ["restore", "Olga", scope()],
            ["split custody", "Olga"],
            ["choose key", "Olga", pick(KEYS)],
            rules("Olga"),
            move(),
            ["move", walk.stage === "Aborted" ? "erase" : "fail"],
            ["vote", "Olga", "reject", "unlock"],
          ]),
      ],
    ];
    const weights = table.map(([weight], index) => weight * (swarm[index] ??= pick(WEIGHTS)));
    let point = random() * weights.reduce((sum, weight) => sum + weight, 0);
    for (const [index, [, step]] of table.entries()) {
      point -= weights[index] ?? 0;
      if (point < 0) return step();
    }
    return ["look"];
  };
}
