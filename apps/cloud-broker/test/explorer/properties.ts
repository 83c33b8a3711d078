import {
  accountOf,
  isNeverOpen,
  mostOf,
  type Name,
  namesIn,
  partOf,
  type Rules,
} from "./people.ts";

/** `node` with its serial. */
export type SwitchScope = "order" | "subscription" | "fleet" | `node ${string}`;

/** The committed changes in their order. */
export type Happening =
  | { readonly kind: "rules"; readonly rules: Rules }
  | {
      readonly kind: "switch";
      readonly scope: SwitchScope;
      readonly by: "customer" | "operator";
      readonly isOn: boolean;
    }
  | { readonly kind: "replaced"; readonly serial: string }
  /** A person asked for split custody. */
  | { readonly kind: "split" }
  | { readonly kind: "stage"; readonly stage: string }
  | { readonly kind: "erased" }
  | { readonly kind: "lost"; readonly who: Name }
  | { readonly kind: "vote"; readonly approval: string; readonly who: Name; readonly yes: boolean }
  | { readonly kind: "glass"; readonly untilMs: number };
export type Noted = Happening & { readonly seq: number; readonly atMs: number };

/** Something that opens a volume has left, in an answer to a call. */
export type Leaving = {
  readonly what:
    | "unlock"
    | "carried unlock"
    | "repeat"
    | "rekey"
    | "renewal"
    | "passkey"
    | "envelopes";
  /** Numbers of the last happening before the request was sent, and before its answer left. */
  readonly begun: number;
  readonly left: number;
  /** When a waiting request, or the answer that is repeated, was made. */
  readonly since?: number | undefined;
  readonly atMs: number;
  readonly purpose: "unlock" | "ingest";
  /** The node; absent: those of the whole order. */
  readonly serial?: string | undefined;
  /** How many devices of the node had been replaced when this one was enrolled. */
  readonly device?: number | undefined;
  readonly approval?: string | undefined;
  /** The human who asked, if one did. */
  readonly asker?: Name | undefined;
};
/** A change that needs the approvals that hold was accepted. */
export type Change = {
  readonly who: Name;
  /** The person who asked first: another may send it again. */
  readonly asker: Name;
  readonly what: string;
  readonly before: Rules;
  /** Of a change of the rules; absent: another one, which loosens. */
  readonly after?: Rules | undefined;
  readonly approval?: string | undefined;
  readonly atMs: number;
};

/** Facts that a restored database forgets; the record beside it knows the rest. */
const FORGOTTEN: ReadonlySet<Happening["kind"]> = new Set([
  "rules",
  "switch",
  "replaced",
  "split",
  "stage",
  "vote",
  "glass",
]);

/** All that has happened in a walk, until a moment. */
export class History {
  readonly all: Noted[] = [];
  readonly #forgotten = new Set<number>();
  /** The emergency accesses that were used, with the purpose of each; each counts once. */
  readonly #spent = new Map<number, Leaving>();
  /** Approvals in the same form. */
  readonly #used = new Map<string, Leaving>();

  note(happening: Happening, atMs: number): void {
    this.all.push({ ...happening, seq: this.all.length + 1, atMs });
  }
  get seq(): number {
    return this.all.length;
  }
  of<Kind extends Happening["kind"]>(kind: Kind, until: number, after = 0) {
    return this.all.filter(
      (each): each is Extract<Noted, { kind: Kind }> =>
        each.kind === kind &&
        each.seq > after &&
        each.seq <= until &&
        !this.#forgotten.has(each.seq),
    );
  }
  /**
   * The database is again as it was then; the record turns kill switches on again, and withholds
   * what was erased.
   */
  restore(then: number, atMs: number): void {
    const on = this.switchesOn(this.seq);
    const isErased = this.of("erased", this.seq, then).length > 0;
    for (const { kind, seq } of this.all)
      if (seq > then && FORGOTTEN.has(kind)) this.#forgotten.add(seq);
    const known = this.switchesOn(this.seq);
    const guard = { scope: "order", by: "operator" } as const;
    for (const { scope, by } of [...on.values(), ...(isErased ? [guard] : [])])
      if (!known.has(`${by} ${scope}`)) this.note({ kind: "switch", scope, by, isOn: true }, atMs);
  }
  /** A new order of the same name. */
  beginAgain(): void {
    for (const { kind, seq } of this.all) if (kind !== "switch") this.#forgotten.add(seq);
  }
  /** The switches that are on, by owner and scope. */
  switchesOn(until: number, serial?: string) {
    const last = new Map(
      this.of("switch", until).map((each) => [`${each.by} ${each.scope}`, each]),
    );
    return new Map([...last].filter(([, each]) => each.isOn && covers(each.scope, serial)));
  }
  /** Whether one was turned on that covers the node, or any node. */
  wasSwitched(until: number, after: number, serial?: string): boolean {
    return this.of("switch", until, after).some(({ isOn, scope }) => isOn && covers(scope, serial));
  }
  replacedBefore(until: number, serial: string | undefined): number {
    return this.of("replaced", until).filter((each) => each.serial === serial).length;
  }
  /** @returns false when the approval was used for something else */
  use(approval: string | undefined, leaving: Leaving): boolean {
    if (approval === undefined) return true;
    const former = this.#used.get(approval);
    this.#used.set(approval, former ?? leaving);
    return former === undefined || former === leaving;
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

const covers = (scope: SwitchScope, serial: string | undefined): boolean =>
  serial === undefined || !scope.startsWith("node ") || scope === `node ${serial}`;

const isToPerson = ({ what }: Leaving): boolean => what === "passkey" || what === "envelopes";

/**
 * A property in words and as a formula, which returns its violation. The numbers are those of the
 * explorer's report. Some have a procedure too: 3 a rescue at the end of each walk (rescue.ts), 5 a
 * broker that uses all it has (whole-knowledge.ts), 7 the rows and events of each change (walk.ts),
 * 8 the comparisons of actions.ts.
 */
export const PROPERTIES = {
  1: {
    says: "Nothing that opens a volume leaves unless the guards hold at the time it leaves.",
    of(leaving: Leaving, history: History): string | undefined {
      const { what, left, atMs, purpose } = leaving;
      const rules = history.rulesAt(left);
      const stage = history.stageAt(left);
      // A lease is of any purpose.
      const isOfLease = what === "rekey" || what === "renewal";
      if (isOfLease && !["Delivered", "AtAzureDC", "DataCopy"].includes(stage))
        return `in stage ${stage}`;
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
      if (n === 0) return undefined;
      if (given < n)
        return history.spendGlass(leaving)
          ? undefined
          : `${given} people for the ${n} that are required`;
      return history.use(approval, leaving) || history.spendGlass(leaving)
        ? undefined
        : "an approval was used twice";
    },
    /** The same for a change that loosens the rules. */
    ofChange({ before, after, approval, asker, what, atMs }: Change, history: History) {
      const n = mostOf(before);
      const isLooser =
        after === undefined ||
        (["unlock", "ingest"] as const).some(
          (purpose) => partOf(after, purpose).n < partOf(before, purpose).n,
        );
      if (n === 0 || !isLooser) return undefined;
      const counted = { left: history.seq, atMs, asker };
      // Of parts that ask for the same number, the one that names people counts.
      const strictest = [before, before.ingest].find((part) => part?.n === n) ?? before;
      const given = history.approvers(approval, strictest, counted).size;
      return given >= n ? undefined : `${what} by ${given} people, ${n} are required`;
    },
  },
  3: {
    says: "Fewer people than required cannot take the decision from the others, or end it for good.",
    ofChange({ before, after, who }: Change): string | undefined {
      if (after === undefined) return undefined;
      const moved = (["unlock", "ingest"] as const).some(
        (purpose) =>
          String(namesIn(partOf(after, purpose))) !== String(namesIn(partOf(before, purpose))),
      );
      return moved && mostOf(before) === 0 && !accountOf(who).roles?.includes("Owner")
        ? "another person than an Owner changed the approvers"
        : undefined;
    },
  },
  4: {
    says: "A node that was revoked or replaced before the answer left gets nothing.",
    of({ begun, since, left, serial, device, what }: Leaving, history: History) {
      // An export reads all its guards in the one transaction in which it leaves.
      const from = what === "envelopes" ? left : what === "repeat" ? (since ?? begun) : begun;
      if (history.switchesOn(from, serial).size > 0 || history.wasSwitched(left, from, serial))
        return "unlocking was revoked";
      return device !== undefined && device < history.replacedBefore(left, serial)
        ? "the device was replaced"
        : undefined;
    },
  },
  5: {
    says: "In split custody all that the broker has opens no volume that was keyed since it was asked for.",
  },
  6: {
    says: "After an erasure nothing that the broker or a backup of it has opens anything.",
    of({ left }: Leaving, history: History): string | undefined {
      return history.of("erased", left).length > 0 ? "the order was erased" : undefined;
    },
  },
  7: {
    says: "Every change of power, and every repeat of an answer, is audited; changes are announced, to those who decided before, too.",
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
