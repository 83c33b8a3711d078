import { regexes } from "zod/v4/core";

import { type Check, createSchema, isObject, type Issue, type Schema } from "./schema.ts";

/*
 * The part of `zod/mini` that the agent's schemas use, with zod's meanings. Only the bundle uses it
 * (rolldown.config.ts): zod makes each schema able to do everything, which costs 9 ms of a cold
 * unlock; here each schema does one parse and is discarded. Source and tests run with zod itself,
 * and a test compares the results and messages of both on the same schemas. The library valibot
 * starts fast too, but all schemas of protocol would have to change.
 */

export const config = (): undefined => undefined;

export const string = () => typed("string", (value) => typeof value === "string");
export const boolean = () => typed("boolean", (value) => typeof value === "boolean");
export const number = () => typed("number", (value) => Number.isFinite(value));
export const unknown = () => createSchema((value) => value);
export const int = () => number().check(checkInteger);

function typed(expected: string, fits: (value: unknown) => boolean): Schema {
  return createSchema((value, path, issues) => {
    if (!fits(value)) issues.push({ code: "invalid_type", expected, path });
    return value;
  });
}

const checkInteger: Check = (value, path, issues) => {
  if (!Number.isInteger(value)) issues.push({ code: "invalid_type", expected: "int", path });
  else if (Number(value) > Number.MAX_SAFE_INTEGER)
    issues.push({ code: "too_big", maximum: Number.MAX_SAFE_INTEGER, path });
  else if (Number(value) < Number.MIN_SAFE_INTEGER)
    issues.push({ code: "too_small", minimum: Number.MIN_SAFE_INTEGER, path });
};

export const minLength = (minimum: number) =>
  bound("too_small", tooShort(minimum), (value) => lengthOf(value, minimum) >= minimum);
export const maxLength = (maximum: number) =>
  bound("too_big", { maximum }, (value) => lengthOf(value, maximum) <= maximum);
export const gte = (minimum: number) =>
  bound("too_small", { minimum }, (value) => Number(value) >= minimum);
export const lte = (maximum: number) =>
  bound("too_big", { maximum }, (value) => Number(value) <= maximum);
export const lt = (maximum: number) =>
  bound("too_big", { maximum }, (value) => Number(value) < maximum);
export const regex = (pattern: RegExp, message?: string) =>
  bound("invalid_format", { format: "regex", message }, (value) => pattern.test(String(value)));

export function length(exact: number): Check {
  const above = bound("too_big", { maximum: exact }, (value) => lengthOf(value, exact) <= exact);
  const below = bound("too_small", tooShort(exact), (value) => lengthOf(value, exact) >= exact);
  return (value, path, issues) => {
    above(value, path, issues);
    below(value, path, issues);
  };
}

/** The messages treat texts and lists alike, so one origin stands for both. */
const tooShort = (minimum: number) => ({ minimum, origin: "string" });

function bound(code: string, facts: object, holds: (value: unknown) => boolean): Check {
  return (value, path, issues) => {
    if (!holds(value)) issues.push({ ...facts, code, path, continue: true });
  };
}

/**
 * Text is measured in code points, as in zod; they are counted only where the limit lies between
 * the two measures.
 */
function lengthOf(value: unknown, limit: number): number {
  if (typeof value === "string") {
    const units = value.length;
    return units >= limit && units <= limit * 2 ? Array.from(value).length : units;
  }
  return Array.isArray(value) ? value.length : 0;
}

export const iso = {
  datetime: () =>
    string().check(
      bound("invalid_format", { format: "datetime" }, (value) => DATETIME.test(String(value))),
    ),
};
const DATETIME = regexes.datetime({});

export const literal = (only: unknown) => oneOf([only], only);
const enumeration = (values: readonly unknown[]) => oneOf(values);
export { enumeration as enum };

function oneOf(values: readonly unknown[], literalValue?: unknown): Schema {
  return createSchema(
    (value, path, issues) => {
      if (!values.includes(value)) issues.push({ code: "invalid_value", values, path });
      return value;
    },
    { literal: literalValue },
  );
}

export function optional(inner: Schema): Schema {
  return createSchema(
    (value, path, issues) => (value === undefined ? value : inner.run(value, path, issues)),
    { isOptional: true },
  );
}

/**
 * The number of elements is checked before the elements, so that a list that is too long costs
 * nothing.
 */
export function array(element: Schema, checks: readonly Check[] = []): Schema {
  const schema = createSchema((value, path, issues) => {
    if (!Array.isArray(value)) {
      issues.push({ code: "invalid_type", expected: "array", path });
      return value;
    }
    const before = issues.length;
    for (const check of checks) check(value, path, issues);
    if (issues.length > before) return value;
    return Array.from(value, (item: unknown, index) => element.run(item, [...path, index], issues));
  });
  return { ...schema, check: (...more) => array(element, [...checks, ...more]) };
}

export function strictObject(shape: Readonly<Record<string, Schema>>): Schema {
  return createSchema(
    (value, path, issues) => {
      if (!isObject(value)) {
        issues.push({ code: "invalid_type", expected: "object", path });
        return value;
      }
      const result: Record<string, unknown> = {};
      for (const [name, member] of Object.entries(shape)) {
        if (member.isOptional && !(name in value)) continue;
        result[name] = member.run(value[name], [...path, name], issues);
      }
      const keys = Object.keys(value).filter((name) => !Object.hasOwn(shape, name));
      if (keys.length > 0) issues.push({ code: "unrecognized_keys", keys, path });
      return result;
    },
    { shape },
  );
}

/** All names except `__proto__`, which is ignored. */
export function record(key: Schema, member: Schema): Schema {
  return createSchema((value, path, issues) => {
    if (!isObject(value)) {
      issues.push({ code: "invalid_type", expected: "record", path });
      return value;
    }
    const result: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(value)) {
      if (name === "__proto__") continue;
      key.run(name, [...path, name], issues);
      result[name] = member.run(inner, [...path, name], issues);
    }
    return result;
  });
}

/** When the type fits one option only, that option's issue is reported. */
export function union(options: readonly Schema[]): Schema {
  return createSchema((value, path, issues) => {
    const ofRightType: Issue[][] = [];
    for (const option of options) {
      const found: Issue[] = [];
      const result = option.run(value, path, found);
      if (found.length === 0) return result;
      if (found.every((issue) => issue["continue"] === true)) ofRightType.push(found);
    }
    const [only, ...others] = ofRightType;
    if (only !== undefined && others.length === 0) issues.push(...only);
    else issues.push({ code: "invalid_union", path });
    return value;
  });
}

export function discriminatedUnion(name: string, options: readonly Schema[]): Schema {
  return createSchema((value, path, issues) => {
    if (!isObject(value)) {
      issues.push({ code: "invalid_type", expected: "object", path });
      return value;
    }
    const option = options.find(({ shape }) => shape?.[name]?.literal === value[name]);
    if (option !== undefined) return option.run(value, path, issues);
    issues.push({ code: "invalid_union", path: [...path, name] });
    return value;
  });
}
