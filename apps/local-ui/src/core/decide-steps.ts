import type { LocalOperation, LocalOperationName } from "@databox-cmk/protocol";

/** The agent's steps in their order (docs/reference/local-ui-api.md). */
const STEPS = {
  unlock: ["asked", "challenge", "answer", "unlockKey", "accepted", "receipt"],
  passkey: ["accepted"],
  answer: [],
  lock: ["locked"],
  prepareToShip: ["locked"],
  networkTest: [],
} as const satisfies Record<LocalOperationName, readonly string[]>;

/** Between the broker's answer and the key, if approvers must decide. */
const APPROVAL = "approval";

export type ShownStep = {
  readonly name: string;
  readonly state: "done" | "running" | "failed" | "waiting";
  /** Milliseconds from the start of the operation to the end of the step. */
  readonly atMs?: number;
};

/** The steps of an operation for a person: completed, running or failed, and coming ones. */
export function decideSteps({ what, steps, outcome }: LocalOperation): readonly ShownStep[] {
  const ended = steps.map(({ name, atMs }) => ({ name, atMs, state: "done" as const }));
  if (outcome === "done") return ended;
  const left = STEPS[what].filter((name) => !steps.some((step) => step.name === name));
  if (outcome === "waiting") {
    const toCome = left.map((name) => ({ name, state: "waiting" as const }));
    return [...ended, { name: APPROVAL, state: "running" }, ...toCome];
  }
  return [
    ...ended,
    ...left.map((name, index) => ({ name, state: index === 0 ? outcome : ("waiting" as const) })),
  ];
}
