import { namesOf } from "@databox-cmk/errors";

/** How the broker names what a change loosens, for logs and events. */
const PATTERNS = {
  outageGrace: /^outageGrace$/,
  lease: /^leaseTtlSeconds$/,
  offline: /^offline\.allowed$/,
  offlineLease: /^offline\.lease$/,
  windows: /^release\.windows$/,
  approvals: /^release\.approvals\.required$/,
  approvers: /^release\.approvals\.approvers$/,
  changes: /^changes$/,
  expiry: /^release\.approvals\.expiresAfterSeconds$/,
  freshKey: /^freshKey$/,
  breakGlass: /^release\.breakGlass$/,
  unlocksPerDay: /^unlocksPerDay \((\S+) to (\S+)\)$/,
  noLimit: /^unlocksPerDay \((\S+) to any\)$/,
  backupKey: /^backup key (.+)$/,
  serviceKey: /^kekType \(CustomerManaged to MicrosoftManaged\)$/,
  vault: /^kekUrl \(vault (\S+) to (\S+)\)$/,
  killSwitch: /^killSwitch$/,
} as const;

export type LoosenedKind = keyof typeof PATTERNS;
/** `kind` is undefined for a name that this page does not know; it is then in `names`. */
export type Loosened = {
  readonly kind: LoosenedKind | undefined;
  readonly names: readonly string[];
};

/** The protections that a change loosens. @param reason - of an approval of way `change` */
export function readLoosened(reason: string): readonly Loosened[] {
  return reason
    .replace(/^loosens /, "")
    .split(", ")
    .map(readOne);
}

function readOne(text: string): Loosened {
  // The last one that matches is the narrowest.
  for (const kind of namesOf(PATTERNS).toReversed()) {
    const match = PATTERNS[kind].exec(text);
    if (match !== null) return { kind, names: match.slice(1) };
  }
  return { kind: undefined, names: [text] };
}
