import { isSame, type Subscription } from "../../core/model.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { row } from "../../http/route-table.ts";
import { type ArmContext, type ArmRoute, parameter } from "../arm-context.ts";
import { ArmError, badRequest } from "../arm-error.ts";
import { isWithin } from "../resource-id.ts";
import { listJobs } from "./list-jobs.ts";
import { heldResources } from "./list-resources.ts";

const NAMES = "/subscriptions/{subscription}/tagNames";
const NAME = `${NAMES}/{name}`;
const VALUE = `${NAME}/tagValues/{value}`;
const NAME_CHARACTERS = 512;
const VALUE_CHARACTERS = 256;
const RESERVED = /^(?:microsoft|azure|windows)/iu;

/** Predefined tag names of a subscription, and the names that are in use. */
export const tagNameRoutes: readonly ArmRoute[] = [
  row("GET", NAMES, listTagNames),
  row("PUT", NAME, putTagName),
  row("DELETE", NAME, deleteTagName),
  row("PUT", VALUE, putTagValue),
  row("DELETE", VALUE, deleteTagValue),
];

/** How often each value is in use; a predefined one may be in use nowhere. */
type TagName = { readonly name: string; readonly uses: Map<string, number> };

async function listTagNames(context: ArmContext): Promise<HttpAnswer> {
  const base = scopeOf(context);
  const names = await readTagNames(context);
  return { status: 200, body: { value: names.map((each) => renderName(base, each)) } };
}

async function putTagName(context: ArmContext): Promise<HttpAnswer> {
  const name = parameter(context, "name");
  if (name.length > NAME_CHARACTERS || RESERVED.test(name))
    throw badRequest(`The tag name '${name}' is too long, or begins with a reserved word.`);
  const before = predefined(context);
  const isNew = find(before, name) === undefined;
  if (isNew) predefine(context, { ...before, [name]: [] });
  const made = await readTagName(context);
  return { status: isNew ? 201 : 200, body: renderName(scopeOf(context), made) };
}

async function putTagValue(context: ArmContext): Promise<HttpAnswer> {
  const value = parameter(context, "value");
  if (value.length > VALUE_CHARACTERS)
    throw badRequest(`A tag value has at most ${VALUE_CHARACTERS} characters.`);
  const before = predefined(context);
  const known = find(before, parameter(context, "name"));
  if (known === undefined)
    throw new ArmError(
      404,
      "TagNameNotFound",
      `The tag name '${parameter(context, "name")}' is not predefined.`,
    );
  const [name, values] = known;
  const isNew = !values.includes(value);
  if (isNew) predefine(context, { ...before, [name]: [...values, value] });
  const made = await readTagName(context);
  const id = `${scopeOf(context)}/tagNames/${name}`;
  return { status: isNew ? 201 : 200, body: renderValue(id, value, made.uses.get(value) ?? 0) };
}

async function deleteTagName(context: ArmContext): Promise<HttpAnswer> {
  const known = find(predefined(context), parameter(context, "name"));
  if (known === undefined) return { status: 204 };
  const [name, values] = known;
  if (values.length > 0 || (await readTagName(context)).uses.size > 0)
    throw inUse(`The tag name '${name}' still has values, or is in use.`);
  const { [name]: _deleted, ...others } = predefined(context);
  predefine(context, others);
  return { status: 200 };
}

async function deleteTagValue(context: ArmContext): Promise<HttpAnswer> {
  const value = parameter(context, "value");
  const known = find(predefined(context), parameter(context, "name"));
  if (known?.[1].includes(value) !== true) return { status: 204 };
  const { name, uses } = await readTagName(context);
  if ((uses.get(value) ?? 0) > 0) throw inUse(`The value '${value}' of '${name}' is in use.`);
  const values = known[1].filter((other) => other !== value);
  predefine(context, { ...predefined(context), [known[0]]: values });
  return { status: 200 };
}

const inUse = (message: string): ArmError => new ArmError(409, "TagInUse", message);
const scopeOf = (context: Pick<ArmContext, "parameters">): string =>
  `/subscriptions/${parameter(context, "subscription")}`;

type Predefined = NonNullable<Subscription["tagNames"]>;

export function subscriptionOf(context: Pick<ArmContext, "deps" | "parameters">): Subscription {
  const subscription = context.deps.state.get("subscription", parameter(context, "subscription"));
  if (subscription === undefined) throw new Error("the router checked the subscription");
  return subscription;
}

const predefined = (context: ArmContext): Predefined => subscriptionOf(context).tagNames ?? {};

function predefine(context: ArmContext, tagNames: Predefined): void {
  context.deps.state.put("subscription", { ...subscriptionOf(context), tagNames });
}

/** Names are compared without case. */
function find(names: Predefined, name: string): readonly [string, readonly string[]] | undefined {
  return Object.entries(names).find(([other]) => isSame(other, name));
}

async function readTagName(context: ArmContext): Promise<TagName> {
  const wanted = parameter(context, "name").toLowerCase();
  const names = await readTagNames(context);
  const found = names.find(({ name }) => name.toLowerCase() === wanted);
  if (found === undefined) throw new Error("the tag name is predefined");
  return found;
}

async function readTagNames(context: ArmContext): Promise<readonly TagName[]> {
  const { state } = context.deps;
  const base = scopeOf(context);
  const names = new Map<string, TagName>();
  const nameOf = (name: string): TagName => {
    const known = names.get(name.toLowerCase()) ?? { name, uses: new Map<string, number>() };
    names.set(name.toLowerCase(), known);
    return known;
  };
  for (const [name, values] of Object.entries(predefined(context))) {
    const { uses } = nameOf(name);
    for (const value of values) uses.set(value, 0);
  }
  const jobs = await listJobs(base, context);
  for (const { id, tags } of [...heldResources(state), ...state.list("resourceGroup"), ...jobs]) {
    if (!isWithin(id, base)) continue;
    for (const [name, value] of Object.entries(tags)) {
      const { uses } = nameOf(name);
      uses.set(value, (uses.get(value) ?? 0) + 1);
    }
  }
  return [...names.values()];
}

function renderName(base: string, { name, uses }: TagName): object {
  const id = `${base}/tagNames/${name}`;
  const values = [...uses].map(([value, times]) => renderValue(id, value, times));
  const sum = [...uses.values()].reduce((all, times) => all + times, 0);
  return { id, tagName: name, count: total(sum), values };
}

function renderValue(nameId: string, tagValue: string, times: number): object {
  return { id: `${nameId}/tagValues/${tagValue}`, tagValue, count: total(times) };
}

const total = (value: number) => ({ type: "Total", value });
