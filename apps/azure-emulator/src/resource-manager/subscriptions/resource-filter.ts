import type { Tags } from "../../core/model.ts";
import { badRequest } from "../arm-error.ts";
import { parseScope } from "../resource-id.ts";

export type GenericResource = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string;
  readonly tags: Tags;
};

type Term = { readonly property: string } & (
  | { readonly operator: "eq" | "ne"; readonly value: string }
  | { readonly operator: "substringof" | "startswith"; readonly value: string }
);
/** Terms joined by `and`, which binds first, then by `or`. */
type Alternatives = readonly (readonly Term[])[];

export type ResourceFilter = {
  readonly matches: (resource: GenericResource) => boolean;
  /** Whether resources of this type can match. */
  readonly mayHave: (type: string) => boolean;
  /** The tags of resources that are selected by a tag's value are not shown. */
  readonly hidesTags: boolean;
};

const TERM =
  /\s*(?:(?<property>[a-z/]+)\s+(?<operator>eq|ne)\s+'(?<value>(?:[^']|'')*)'|substringof\(\s*'(?<part>(?:[^']|'')*)'\s*,\s*(?<of>name|resourceGroup)\s*\)|startswith\(\s*tagName\s*,\s*'(?<prefix>(?:[^']|'')*)'\s*\))\s*(?:(?<next>and|or)\s|$)/iy;
const CHARACTERS_MAXIMUM = 2_048;
/** Members that the resources of this cloud do not have. */
const NEVER_SET = /^(?:identity|plan)(?:\/|$)/;

/**
 * `$filter` of lists of resources and of resource groups, as Resource Manager documents it.
 *
 * @throws ArmError 400 for a filter of another shape.
 */
export function parseResourceFilter(text = ""): ResourceFilter {
  const alternatives = text.trim() === "" ? [[]] : parseAlternatives(text);
  return {
    matches: (resource) => alternatives.some((terms) => matchesAll(terms, resource)),
    mayHave: (type) =>
      alternatives.some((terms) =>
        terms.every((term) => term.property !== "resourcetype" || matchesText(term, type)),
      ),
    hidesTags: alternatives.flat().some(({ property }) => property === "tagvalue"),
  };
}

function parseAlternatives(text: string): Alternatives {
  const alternatives: Term[][] = [[]];
  TERM.lastIndex = 0;
  for (;;) {
    const match = text.length > CHARACTERS_MAXIMUM ? null : TERM.exec(text);
    if (match?.groups === undefined) throw invalidFilter(text);
    const { next } = match.groups;
    alternatives.at(-1)?.push(toTerm(match.groups, text));
    if (next === undefined) return alternatives;
    if (next.toLowerCase() === "or") alternatives.push([]);
  }
}

function toTerm(groups: Readonly<Record<string, string | undefined>>, text: string): Term {
  const { property, operator, value = "", part, of = "", prefix } = groups;
  if (part !== undefined)
    return { property: of.toLowerCase(), operator: "substringof", value: unquote(part) };
  if (prefix !== undefined)
    return { property: "tagname", operator: "startswith", value: unquote(prefix) };
  const name = property?.toLowerCase() ?? "";
  const isKnown = ["name", "resourcetype", "resourcegroup", "location", "tagname", "tagvalue"];
  if (!isKnown.includes(name) && !NEVER_SET.test(name)) throw invalidFilter(text);
  const isEqual = operator?.toLowerCase() === "eq";
  return { property: name, operator: isEqual ? "eq" : "ne", value: unquote(value) };
}

function matchesAll(terms: readonly Term[], resource: GenericResource): boolean {
  const isOfTag = ({ property }: Term) => property === "tagname" || property === "tagvalue";
  const ofTag = terms.filter(isOfTag);
  const values: Readonly<Record<string, string>> = {
    name: resource.name,
    resourcetype: resource.type,
    resourcegroup: parseScope(resource.id).resourceGroup ?? "",
    location: resource.location,
  };
  return (
    terms.every((term) => isOfTag(term) || matchesText(term, values[term.property] ?? "")) &&
    (ofTag.length === 0 ||
      Object.entries(resource.tags).some(([name, value]) =>
        ofTag.every((term) => matchesText(term, term.property === "tagname" ? name : value)),
      ))
  );
}

/** Without case, as all names and most values in Resource Manager. */
function matchesText({ operator, value }: Term, text: string): boolean {
  const [wanted, actual] = [value.toLowerCase(), text.toLowerCase()];
  switch (operator) {
    case "eq":
      return actual === wanted;
    case "ne":
      return actual !== wanted;
    case "substringof":
      return actual.includes(wanted);
    case "startswith":
      return actual.startsWith(wanted);
  }
}

function invalidFilter(text: string) {
  return badRequest(
    `Invalid $filter '${text.slice(0, 64)}': use terms such as resourceType eq 'Microsoft.KeyVault/vaults', substringof('x', name), and tagName eq 'a' and tagValue eq 'b'.`,
  );
}

function unquote(text: string): string {
  return text.replaceAll("''", "'");
}
