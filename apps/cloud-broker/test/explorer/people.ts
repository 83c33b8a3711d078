import { namesOf } from "@databox-cmk/errors";
import type { UnlockPolicy } from "@databox-cmk/protocol";

import type { TokenClaims } from "../world/token-issuer.ts";

const id = (digit: string) => `${digit.repeat(8)}-aaaa-4aaa-8aaa-aaaaaaaaaaaa`;

/** A caller; `human`: who is behind the account. */
export type Account = TokenClaims & { readonly oid: string; readonly human: string };

const program = { isApplication: true, roles: ["Contributor"], human: "Carl" } as const;
export const ACCOUNTS = {
  Olga: { oid: id("d"), roles: ["Owner"], human: "Olga" },
  Carl: { oid: id("c"), roles: ["Contributor"], human: "Carl" },
  "Carl's pipeline": { oid: id("e"), ...program },
  "Carl's other pipeline": { oid: id("1"), ...program },
  Ann: { oid: id("a"), roles: ["DataBoxApprover"], human: "Ann" },
  /** His right is a role assignment, which can be taken away. */
  Bob: { oid: id("b"), roles: [], human: "Bob" },
  Rita: { oid: id("9"), roles: ["Reader"], human: "Rita" },
  /** Owner of another subscription. */
  Stan: {
    oid: id("f"),
    roles: ["Owner:00000000-0000-4000-8000-00000000dead"],
    human: "Stan",
  },
  "the operator": { oid: id("0"), roles: ["DataBox.Operator"], human: "the operator" },
} as const satisfies Record<string, Account>;
export type Name = keyof typeof ACCOUNTS;
export const accountOf = (name: Name): Account => ACCOUNTS[name];
export function nameOf(text: string | null): Name {
  const found = namesOf(ACCOUNTS).find((name) => name === text);
  if (found === undefined) throw new RangeError(`nobody is ${text ?? ""}`);
  return found;
}
/** They chose e-mails about changed policies. */
export const MAILED = ["Olga", "Carl", "Ann", "Bob"] as const satisfies readonly Name[];
/** They may never decide, change or get anything. */
export const POWERLESS: ReadonlySet<Name> = new Set(["Rita", "Stan"]);

const GHOST = id("2");
const LISTS = {
  everyone: [],
  "Ann and Bob": [id("a"), id("b")],
  "Carl alone": [id("c")],
  "Bob and Carl's pipeline": [id("b"), id("e")],
  "somebody who does not exist": [GHOST],
} as const;
type Part = {
  readonly n: number;
  readonly list?: keyof typeof LISTS;
  readonly never?: true;
  /** Only from a network that no appliance is in. */
  readonly elsewhere?: true;
};
/** A policy, as far as the walks vary it. */
export type Rules = Part & {
  readonly glass?: true;
  /** Terms of the datacenter. */
  readonly ingest?: Part;
};
export const RULES: readonly Rules[] = [
  { n: 0 },
  { n: 1 },
  { n: 2 },
  { n: 2, glass: true },
  { n: 1, glass: true, never: true },
  { n: 0, never: true },
  { n: 1, list: "Ann and Bob" },
  { n: 2, list: "Ann and Bob" },
  { n: 2, list: "Bob and Carl's pipeline" },
  { n: 1, list: "Carl alone" },
  { n: 0, list: "Carl alone" },
  { n: 1, list: "somebody who does not exist" },
  { n: 0, ingest: { n: 1 } },
  { n: 2, ingest: { n: 0 } },
  { n: 0, ingest: { n: 0, elsewhere: true } },
  { n: 0, ingest: { n: 1, list: "somebody who does not exist" } },
];

export const partOf = (rules: Rules, purpose: "unlock" | "ingest"): Part =>
  purpose === "ingest" ? (rules.ingest ?? rules) : rules;
const partsOf = (rules: Rules): readonly Part[] => [
  rules,
  ...(rules.ingest === undefined ? [] : [rules.ingest]),
];
/** A change of the rules needs as many approvals as the strictest part. */
export const mostOf = (rules: Rules): number => Math.max(...partsOf(rules).map(({ n }) => n));
export const namesIn = ({ list = "everyone" }: Part): readonly string[] => LISTS[list];

/** Open for a minute of each Sunday. */
const NEVER = [{ days: ["Sun"], from: "00:00", to: "00:01", timeZone: "UTC" }];
export const isNeverOpen = (nowMs: number): boolean => new Date(nowMs).getUTCDay() !== 0;

const termsOf = (part: Part) => ({
  windows: part.never === true ? NEVER : [],
  approvals: { required: part.n, approvers: [...namesIn(part)], expiresAfterSeconds: 3600 },
});

export function policyOf(rules: Rules): object {
  const { ingest, glass = false } = rules;
  const networks = ingest?.elsewhere === true ? ["203.0.113.0/24"] : [];
  return {
    outageGrace: "PT15M",
    leaseTtlSeconds: 60,
    offline: { allowed: true, lease: { kind: "duration", seconds: 600 } },
    release: { ...termsOf(rules), breakGlass: glass },
    purposes: ingest === undefined ? {} : { ingest: { networks, ...termsOf(ingest) } },
    acceptUnknownApprovers: true,
  } satisfies Omit<UnlockPolicy, "release" | "purposes"> & Record<string, unknown>;
}

const tell = (part: Part): string =>
  `${part.n} approvals by ${part.list ?? "everyone"}${part.never === true ? ", hardly ever open" : ""}`;
export const tellRules = (rules: Rules): string => {
  const { ingest, glass } = rules;
  const there =
    ingest === undefined
      ? ""
      : `; in the datacenter ${tell(ingest)}${ingest.elsewhere === true ? ", from elsewhere" : ""}`;
  return `${tell(rules)}${glass === true ? ", emergency access" : ""}${there}`;
};
