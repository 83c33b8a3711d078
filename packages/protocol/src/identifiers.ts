import * as z from "zod/mini";

const GUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

type Rule = {
  /** The name of the identifier in an error. */
  readonly name: string;
  readonly pattern: RegExp;
  readonly allowed: string;
};

/**
 * The published naming rules of the identifiers that this product reads, one row each. Resource
 * Manager also permits letters beyond ASCII in the name of a resource group. An order id is signed
 * and bound into envelopes as printable ASCII, so an order cannot be in such a group.
 */
export const IDENTIFIERS = {
  subscriptionId: {
    name: "subscription id",
    pattern: new RegExp(`^${GUID}$`, "i"),
    allowed: "a GUID",
  },
  tenantId: { name: "tenant id", pattern: new RegExp(`^${GUID}$`, "i"), allowed: "a GUID" },
  resourceGroup: {
    name: "resource group name",
    pattern: /^[-\w.()]{0,89}[-\w()]$/,
    allowed:
      "1 to 90 letters (A to Z), digits, hyphens, underscores, parentheses and periods, not ending with a period",
  },
  jobName: {
    name: "order name",
    pattern: /^[-\w.]{3,24}$/,
    allowed: "3 to 24 letters, digits, hyphens, underscores and dots",
  },
  serial: {
    name: "serial number",
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]{2,63}$/,
    allowed: "3 to 64 letters, digits and hyphens, not starting with a hyphen",
  },
  vaultName: {
    name: "key vault name",
    pattern: /^(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/,
    allowed: "3 to 24 letters, digits and single hyphens, starting with a letter",
  },
  keyName: {
    name: "key name",
    pattern: /^[0-9A-Za-z-]{1,127}$/,
    allowed: "1 to 127 letters, digits and hyphens",
  },
  keyVersion: {
    name: "key version",
    pattern: /^[0-9A-Fa-f]{32}$/,
    allowed: "32 hexadecimal digits",
  },
  storageAccount: {
    name: "storage account name",
    pattern: /^[0-9A-Za-z]{3,24}$/,
    allowed: "3 to 24 letters and digits",
  },
  identityName: {
    name: "managed identity name",
    pattern: /^[0-9A-Za-z][-\w]{2,127}$/,
    allowed: "3 to 128 letters, digits, hyphens and underscores, starting with a letter or digit",
  },
  backupKeyName: {
    name: "backup key name",
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/,
    allowed: "1 to 32 letters, digits and hyphens, not starting with a hyphen",
  },
} as const satisfies Record<string, Rule>;
export type IdentifierKind = keyof typeof IDENTIFIERS;

/** The rule of a kind as a part of the pattern of a resource id. */
export const patternOf = (kind: IdentifierKind): string =>
  IDENTIFIERS[kind].pattern.source.replaceAll(/^\^|\$$/g, "");

/** A pattern of the ids of one type of resource; letter case does not matter. */
export const resourceIdPattern = (type: string, kind: IdentifierKind): RegExp =>
  new RegExp(
    String.raw`^/subscriptions/${patternOf("subscriptionId")}/resourceGroups/${patternOf("resourceGroup")}/providers/${type.replaceAll(".", String.raw`\.`)}/${patternOf(kind)}$`,
    "i",
  );

/**
 * Lower case of A to Z only. `toLowerCase` also folds characters beyond ASCII to ASCII letters (the
 * Kelvin sign to k), so that two names would become one.
 */
export function asciiLowerCase(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

export const isIdentifier = (kind: IdentifierKind, text: string): boolean =>
  IDENTIFIERS[kind].pattern.test(text);

/** Azure compares these identifiers without regard to case, and keeps the case of the writer. */
export const isSameIdentifier = (one: string, other: string): boolean =>
  asciiLowerCase(one) === asciiLowerCase(other);

/** What is wrong and what is allowed, without the text itself: it may forge a line of a log. */
export function describeIdentifier(kind: IdentifierKind, text: string): string {
  const { name, allowed } = IDENTIFIERS[kind];
  return `${name}: ${faultOf(text)}; expected ${allowed}`;
}

/** A string with the rule of its kind; `parseWith` says what is allowed. */
export function identifier(kind: IdentifierKind) {
  const { pattern, allowed } = IDENTIFIERS[kind];
  return z.string().check(z.regex(pattern, `expected ${allowed}`));
}

const LONGEST = 128;

function faultOf(text: string): string {
  if (text === "") return "it is empty";
  if (/\p{Cc}/u.test(text)) return "it has control characters";
  if (/[/\\]/.test(text)) return "it has slashes";
  if (/[^ -~]/.test(text)) return "it has characters beyond ASCII";
  return text.length > LONGEST ? `it has ${String(text.length)} characters` : "it breaks the rule";
}
