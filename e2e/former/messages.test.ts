import { readFileSync } from "node:fs";

import { LATER_PERSONAL_EVENTS, PERSONAL_EVENTS } from "@databox-cmk/protocol";
import { openTemporaryFolder, required } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import { describeMessages, type Messages, type Schema } from "./messages.ts";
import { unpackFormerMessages } from "./released-state.ts";

using folder = openTemporaryFolder();
const former: Messages = JSON.parse(readFileSync(unpackFormerMessages(folder.path), "utf8"));
const present = describeMessages();

/** Differences that lose nothing, which the comparison does not see. */
const READ_ALL_THE_SAME: Readonly<Record<string, string>> = {
  "/challenge: pattern": "what a person carried may have line breaks, which its reader removes",
};

const LEAST = ["minLength", "minItems", "minimum"] as const;
const MOST = ["maxLength", "maxItems", "maximum"] as const;

const valuesOf = (schema: Schema): readonly unknown[] | undefined =>
  schema.enum ?? ("const" in schema ? [schema.const] : undefined);

/** What one version writes, and the other one does not read: where, and why. */
function unread(written: Schema, read: Schema, path: string): readonly string[] {
  // It has a value for all that does not fit.
  if ("default" in read) return [];
  const alternatives = written.anyOf ?? written.oneOf;
  if (alternatives !== undefined)
    return alternatives.flatMap((each, at) => unread(each, read, `${path}|${String(at)}`));
  const options = read.anyOf ?? read.oneOf;
  if (options !== undefined)
    return options.some((option) => unread(written, option, path).length === 0)
      ? []
      : [`${path}: no alternative`];
  return [
    ...unreadValue(written, read).map((what) => `${path}: ${what}`),
    ...unreadMembers(written, read, path),
    ...(read.items === undefined ? [] : unread(written.items ?? {}, read.items, `${path}[]`)),
  ];
}

function unreadValue(written: Schema, read: Schema): readonly string[] {
  const known = valuesOf(read);
  const sent = valuesOf(written) ?? ["other values"];
  const isWider = written.type === "integer" && read.type === "number";
  return [
    ...(known === undefined ? [] : sent.filter((value) => !known.includes(value)).map(String)),
    ...(read.type === undefined || isWider || String(read.type) === String(written.type)
      ? []
      : ["type"]),
    ...(read.pattern === undefined || read.pattern === written.pattern ? [] : ["pattern"]),
    ...LEAST.filter((name) => (read[name] ?? -Infinity) > (written[name] ?? -Infinity)),
    ...MOST.filter((name) => (read[name] ?? Infinity) < (written[name] ?? Infinity)),
  ];
}

function unreadMembers(written: Schema, read: Schema, path: string): readonly string[] {
  const sent = written.properties ?? {};
  const known = read.properties ?? {};
  const { additionalProperties: others } = read;
  const otherSent = written.additionalProperties;
  return [
    ...(read.required ?? [])
      .filter((name) => written.required?.includes(name) !== true)
      .map((name) => `${path}/${name}: not always there`),
    ...Object.entries(sent).flatMap(([name, schema]) => {
      const at = `${path}/${name}`;
      const reader = known[name];
      if (reader !== undefined) return unread(schema, reader, at);
      return others === false ? [`${at}: unknown`] : [];
    }),
    ...(typeof others === "object" && typeof otherSent === "object"
      ? unread(otherSent, others, `${path}{}`)
      : []),
  ];
}

const lost = (written: Schema, read: Schema) => unread(written, read, "");

test("the comparison sees what a reader requires, does not know, and narrows", () => {
  const text = { type: "string" };
  const two = { type: "object", properties: { a: text, b: text }, required: ["a"] };
  expect(lost(two, two)).toEqual([]);
  expect(lost(two, { ...two, required: ["a", "b"] })).toEqual(["/b: not always there"]);
  const strict = { type: "object", properties: { a: text }, additionalProperties: false };
  expect(lost(two, strict)).toEqual(["/b: unknown"]);
  expect(lost(text, { type: "string", const: "x" })).toEqual([": other values"]);
  expect(lost({ enum: ["x", "y"] }, { anyOf: [{ const: "x" }] })).toEqual([": no alternative"]);
  expect(lost({ items: text }, { items: { type: "number" } })).toEqual(["[]: type"]);
  expect(lost({ maximum: 6 }, { maximum: 5 })).toEqual([": maximum"]);
  expect(lost(text, { type: "string", minLength: 1 })).toEqual([": minLength"]);
});

test("the former portal's page knows each kind of e-mail that is not a later one", () => {
  const { kinds } = required(former["GET /portal/api/notices/choices 200"]?.properties);
  const later: readonly string[] = LATER_PERSONAL_EVENTS;
  const sent = PERSONAL_EVENTS.filter((type) => !later.includes(type));
  const type = { enum: [...sent, "com.databox-cmk.campaign.finished"] };
  expect(required(kinds?.items?.properties)["type"]).toMatchObject(type);
});

test.for(Object.entries(former))("%s of the former version is read", ([name, written]) => {
  const places = lost(written, required(present[name]));
  expect(places.filter((place) => !(place in READ_ALL_THE_SAME))).toEqual([]);
});
