import {
  accountOf,
  isNeverOpen,
  mostOf,
  type Name,
  namesIn,
  partOf,
  type Rules,
} from "./people.ts";

/** What was committed, in its order. */
export type Happening =
  | { readonly kind: "rules"; readonly rules: Rules }
  | { readonly kind: "switch"; readonly isOn: boolean }
  | { readonly kind: "replaced" }
  | { readonly kind: "stage"; readonly stage: string }
  | { readonly kind: "erased" }
  | { readonly kind: "lost"; readonly who: Name }
  | { readonly kind: "vote"; readonly approval: string; readonly who: Name; readonly yes: boolean }
  | { readonly kind: "glass"; readonly untilMs: number };
export type Noted = Happening & { readonly seq: number; readonly atMs: number };

/** Something that opens a volume has left, in an answer to a call. */
export type Leaving = {
  readonly what: "unlock" | "carried unlock" | "repeat" | "rekey" | "passkey" | "envelopes";
  /** Numbers of the last happening before the request was sent, and before its answer left. */
  readonly begun: number;
  readonly left: number;
  /** When a waiting request, or the answer that is repeated, was made. */
  readonly since?: number | undefined;
  readonly atMs: number;
  readonly purpose: "unlock" | "ingest";
  /** How many devices had been replaced when this one was enrolled. */
  readonly device?: number | undefined;
  readonly approval?: string | undefined;
  /** The human who asked, if one did. */
  readonly asker?: Name | undefined;
};
/** A change of the rules was accepted. */
export type Change = {
  readonly who: Name;
  readonly begun: number;
  readonly before: Rules;
  readonly after: Rules;
  readonly approval?: string | undefined;
  readonly atMs: number;
};

/** All that has happened in a walk, until a moment. */
export class History {
  readonly all: Noted[] = [];
  /** The emergency accesses that were used, with what they were used for; each counts once. */
  readonly #spent = new Map<number, Leaving>();

  note(happening: Happening, atMs: number): void {
    this.all.push({ ...happening, seq: this.all.length + 1, atMs });
  }
  get seq(): number {
    return this.all.length;
  }
  of<Kind extends Happening["kind"]>(kind: Kind, until: number, after = 0) {
    return this.all.filter(
      (each): each is Extract<Noted, { kind: Kind }> =>
        each.kind === kind && each.seq > after && each.seq <= until,
    );
  }
  get isErased(): boolean {
    return this.of("erased", this.seq).length > 0;
  }
  rulesAt(seq: number): Rules {
    return this.of("rules", seq).at(-1)?.rules ?? { n: 0 };
  }
  /** Every policy that was current at some moment. */
  rulesBetween(from: number, to: number): readonly Rules[] {
    return [this.rulesAt(from), ...this.of("rules", to, from).map(({ rules }) => rules)];
  }
  stageAt(seq: number): string {
    return this.of("stage", seq).at(-1)?.stage ?? "Delivered";
  }
  /** The humans whose approvals count: one vote each, of people, or of programs that are named. */
  approvers(
    approval: string | undefined,
    part: ReturnType<typeof partOf>,
    { left, atMs, asker }: { left: number; atMs: number; asker?: Name | undefined },
  ): ReadonlySet<string> {
    const last = new Map<Name, boolean>();
    for (const { who, approval: of, yes } of this.of("vote", left))
      if (of === approval) last.set(who, yes);
    const lost = this.of("lost", left).filter((each) => each.atMs < atMs - 31_000);
    const named = namesIn(part);
    const counting = [...last].filter(([who, yes]) => {
      const { oid, isApplication } = accountOf(who);
      const isNamed = named.includes(oid);
      if (isApplication === true ? !isNamed : named.length > 0 && !isNamed) return false;
      return yes && !lost.some((each) => each.who === who);
    });
    // A program that the policy names counts as itself.
    const humans = counting.map(([who]) =>
      accountOf(who).isApplication === true ? who : accountOf(who).human,
    );
    const own = asker === undefined ? undefined : accountOf(asker).human;
    return new Set(humans.filter((human) => human !== own));
  }
  /** Uses up an emergency access, if one is open. */
  spendGlass(leaving: Leaving): boolean {
    const open = this.of("glass", leaving.left).find(({ seq, untilMs }) => {
      const use = this.#spent.get(seq);
      return use === undefined ? untilMs > leaving.atMs : use === leaving;
    });
    if (open !== undefined) this.#spent.set(open.seq, leaving);
    return open !== undefined;
  }
}

const isToPerson = ({ what }: Leaving): boolean => what === "passkey" || what === "envelopes";

/**
 * What must hold, in words and as a formula: it returns what is wrong. The numbers are those of the
 * explorer's report. Properties 3 and 7 have a procedure too (walk.ts): a rescue at the end of each
 * walk, and the rows and events of each change.
 */
export const PROPERTIES = {
  1: {
    says: "Nothing that opens a volume leaves unless the guards hold at the time it leaves.",
    of(leaving: Leaving, history: History): string | undefined {
      const { what, left, atMs, purpose } = leaving;
      const rules = history.rulesAt(left);
      const stage = history.stageAt(left);
      if (what === "unlock" || what === "carried unlock") {
        const stages = purpose === "unlock" ? ["Delivered"] : ["AtAzureDC", "DataCopy"];
        if (!stages.includes(stage)) return `an ${purpose} in stage ${stage}`;
        if (partOf(rules, purpose).never === true && isNeverOpen(atMs))
          return history.spendGlass(leaving) ? undefined : "outside the unlock hours";
      }
      if (!isToPerson(leaving)) return undefined;
      const isForbidden =
        mostOf(rules) > 0 ||
        rules.ingest?.elsewhere === true ||
        (isNeverOpen(atMs) && [rules, rules.ingest].some((part) => part?.never === true));
      return isForbidden && !history.spendGlass(leaving)
        ? "shown to a person though an unlock has conditions"
        : undefined;
    },
  },
  2: {
    says: "With n required, nothing leaves without n different people who have the right.",
    of(leaving: Leaving, history: History): string | undefined {
      const { what, begun, since = begun, left, approval, purpose } = leaving;
      if (what !== "unlock" && what !== "carried unlock") return undefined;
      const asked = history.rulesBetween(since, left).map((rules) => partOf(rules, purpose));
      const n = Math.max(...asked.map((part) => part.n));
      const part = partOf(history.rulesAt(left), purpose);
      const given = history.approvers(approval, part, leaving).size;
      return given >= n || history.spendGlass(leaving)
        ? undefined
        : `${given} people for the ${n} that are required`;
    },
    /** The same for a change that loosens the rules. */
    ofChange({ before, after, approval, who, atMs }: Change, history: History) {
      const n = mostOf(before);
      const isLooser = (["unlock", "ingest"] as const).some(
        (purpose) => partOf(after, purpose).n < partOf(before, purpose).n,
      );
      if (n === 0 || !isLooser) return undefined;
      const counted = { left: history.seq, atMs, asker: who };
      // Of parts that ask for the same number, the one that names people counts.
      const strictest = [before, before.ingest].find((part) => part?.n === n) ?? before;
      const given = history.approvers(approval, strictest, counted).size;
      return given >= n ? undefined : `loosened by ${given} people, ${n} are required`;
    },
  },
  3: {
    says: "Fewer people than required cannot take the decision from the others, or end it for good.",
    ofChange({ before, after, who }: Change): string | undefined {
      const moved = (["unlock", "ingest"] as const).some(
        (purpose) =>
          String(namesIn(partOf(after, purpose))) !== String(namesIn(partOf(before, purpose))),
      );
      return moved && mostOf(before) === 0 && !accountOf(who).roles?.includes("Owner")
        ? "the approvers were changed by somebody who is no Owner"
        : undefined;
    },
  },
  4: {
    says: "Whoever was revoked or replaced before the answer left gets nothing.",
    of({ begun, since, left, device, what }: Leaving, history: History): string | undefined {
      // An export reads all its guards in the one transaction in which it leaves.
      const from = what === "envelopes" ? left : what === "repeat" ? (since ?? begun) : begun;
      const wasOn = history.of("switch", from).at(-1)?.isOn === true;
      if (wasOn || history.of("switch", left, from).some(({ isOn }) => isOn))
        return "unlocking was revoked";
      return device !== undefined && device < history.of("replaced", left).length
        ? "the device was replaced"
        : undefined;
    },
  },
  6: {
    says: "After an erasure nothing that the broker has opens anything.",
    of({ left }: Leaving, history: History): string | undefined {
      return history.of("erased", left).length > 0 ? "the order was erased" : undefined;
    },
  },
  7: {
    says: "Every change of power, and every repeat of an answer, is audited; changes are announced.",
  },
  8: { says: "The surfaces agree with each other and with what then happens." },
} as const;
export type PropertyNumber = keyof typeof PROPERTIES;
export type Violation = { readonly property: PropertyNumber; readonly what: string };

export function judgeLeaving(leaving: Leaving, history: History): readonly Violation[] {
  return ([1, 2, 4, 6] as const).flatMap((property) => {
    const what = PROPERTIES[property].of(leaving, history);
    return what === undefined ? [] : [{ property, what: `${leaving.what}: ${what}` }];
  });
}

export function judgeChange(change: Change, history: History): readonly Violation[] {
  return ([2, 3] as const).flatMap((property) => {
    const what = PROPERTIES[property].ofChange(change, history);
    return what === undefined ? [] : [{ property, what }];
  });
}
