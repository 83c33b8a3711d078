import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { folderFor } from "@databox-cmk/testkit";
import { fc } from "@fast-check/vitest";
import { rolldown } from "rolldown";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod/mini";

import { SAMPLES } from "./samples.ts";
import { SCHEMA_NAMES, type SchemaName, SCHEMAS } from "./schemas.ts";

type Parse = (name: SchemaName, value: unknown) => unknown;

const ENTRY = fileURLToPath(new URL("schemas.ts", import.meta.url));
const LEAN_ZOD = fileURLToPath(new URL("../../src/lean-zod/index.ts", import.meta.url));

/** Where zod keeps its settings for the whole process; its texts for faults are among them. */
const ZOD_SETTINGS = "__zod_globalConfig";

const folder = folderFor(beforeAll);
let overZod: Parse;
let overLeanZod: Parse;

beforeAll(async () => {
  overZod = await bundle("zod.mjs", {});
  overLeanZod = await bundle("lean-zod.mjs", { "zod/mini": LEAN_ZOD });
});
async function bundle(name: string, alias: Record<string, string>): Promise<Parse> {
  const file = join(folder.path, name);
  const built = await rolldown({
    input: ENTRY,
    platform: "node",
    resolve: { alias },
    treeshake: { moduleSideEffects: false },
    onLog: () => undefined, // schemas of the ARM API use more of zod, and are left out
  });
  await built.write({ file, format: "esm" });
  await built.close();
  // Other tests of this process load the whole of zod, and zod/mini would use its texts.
  const settings: unknown = Reflect.get(globalThis, ZOD_SETTINGS);
  Reflect.deleteProperty(globalThis, ZOD_SETTINGS);
  const { parse } = (await import(pathToFileURL(file).href)) as { parse: Parse };
  Reflect.set(globalThis, ZOD_SETTINGS, settings);
  return parse;
}

/** The verdict, with the words that a person reads about the first fault. */
function verdicts(name: SchemaName, value: unknown) {
  return { lean: overLeanZod(name, value), zod: overZod(name, value) };
}

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

/** A copy with one place changed; `undefined` takes the place out. */
function withChange(value: unknown, [key, ...rest]: Path, change: unknown): unknown {
  if (key === undefined) return change;
  const copy: Record<string | number, unknown> = Object.assign(
    Array.isArray(value) ? [] : {},
    value,
  );
  const changed = withChange(copy[key], rest, change);
  if (changed === undefined && !Array.isArray(copy)) Reflect.deleteProperty(copy, key);
  else copy[key] = changed;
  return copy;
}

const DATES = [
  "2026-11-25T01:02:03Z",
  "2026-13-25T01:02:03Z",
  "2026-11-25",
  "2026-11-25T01:02:03+01:00",
];
const WORDS = [
  "",
  " ",
  "a",
  "a.b",
  "a.b.c.",
  "https://",
  "https://x/keys/a/1",
  "refused",
  "locked",
];
const LENGTHS = [
  "A".repeat(42),
  "A".repeat(44),
  "😀",
  "😀".repeat(22),
  "x".repeat(301),
  "x".repeat(2000),
];
const LIMITS = [0, -0, -1, 1, 1.5, 600, 601, 1e6, 1e6 + 1, 366 * 86_400, 366 * 86_400 + 1];
const LARGE = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER + 1, -1e300, 1e300];
const oddText = fc.constantFrom(...DATES, ...WORDS, ...LENGTHS, "\u0000", "constructor");
const oddNumber = fc.constantFrom(...LIMITS, ...LARGE);
const anything = fc.oneof(oddText, oddNumber, fc.jsonValue(), fc.constant(undefined), fc.string());

describe.each(SCHEMA_NAMES)("%s", (name) => {
  const sample = SAMPLES[name];
  const paths = pathsOf(sample);

  test("has a sample with every member, so that each is compared", () => {
    expect(missingIn(SCHEMAS[name], sample)).toEqual([]);
  });

  test("takes its sample, by zod and by lean-zod", () => {
    expect(overZod(name, sample)).toEqual({ ok: true, value: sample });
    expect(overLeanZod(name, sample)).toEqual({ ok: true, value: sample });
  });

  test("lean-zod judges each place of it as zod does, for any value", () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths), anything, (path, change) => {
        const { lean, zod } = verdicts(name, withChange(sample, path, change));
        expect(lean).toEqual(zod);
      }),
      { numRuns: 600 },
    );
  });

  test("lean-zod judges added members as zod does", () => {
    const objects = paths.filter((path) => isRecord(at(sample, path)));
    const names = fc.constantFrom("extra", "constructor", "toString", "hasOwnProperty", "0", "");
    fc.assert(
      fc.property(fc.constantFrom(...objects), names, anything, (path, member, value) => {
        const { lean, zod } = verdicts(name, withChange(sample, [...path, member], value));
        expect(lean).toEqual(zod);
      }),
    );
    const polluted = JSON.stringify(sample).replace("{", '{"__proto__":{"x":1},');
    const { lean, zod } = verdicts(name, JSON.parse(polluted));
    expect(lean).toEqual(zod);
  });

  test("lean-zod judges any JSON as zod does", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { lean, zod } = verdicts(name, value);
        expect(lean).toEqual(zod);
      }),
    );
  });
});

/** Paths of a schema's members that a value lacks; of a union, those of its option. */
function missingIn(schema: z.core.$ZodType, value: unknown, path = ""): readonly string[] {
  const { def } = schema as { def?: unknown } as { def: z.core.$ZodTypes["_zod"]["def"] };
  if (def.type === "optional") return missingIn(def.innerType, value, path);
  if (def.type === "union") {
    const taken = def.options.find((option) => z.safeParse(option, value).success);
    return taken === undefined ? [] : missingIn(taken, value, path);
  }
  if (def.type === "array")
    return Array.isArray(value) ? missingIn(def.element, value[0], `${path}[]`) : [`${path}[]`];
  if (def.type !== "object") return value === undefined ? [path] : [];
  return Object.entries(def.shape).flatMap(([name, member]) =>
    missingIn(member, at(value, [name]), `${path}.${name}`),
  );
}

function at(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return value;
  return typeof value === "object" && value !== null
    ? at(Object.entries(value).find(([name]) => name === String(key))?.[1], rest)
    : undefined;
}

/** JSON cannot give a list members of other names. */
function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
