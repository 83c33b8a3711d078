import { expect, test } from "vitest";

import { currentView, parseViews, withoutView, withView } from "./views-menu.tsx";

const locked = { name: "Locked", search: { lock: "locked" } } as const;
const risky = { name: "At risk", search: { health: "AtRisk", search: "atlas" } } as const;

test("views are kept as text, and read in the order of their names", () => {
  const views = withView(withView([], locked), risky);
  expect(parseViews(JSON.stringify(views))).toEqual([risky, locked]);
});

test("a view of the same name is replaced, and a view is removed by its name", () => {
  const changed = { name: "Locked", search: { lock: "revoked" } } as const;
  const views = withView(withView([], locked), changed);
  expect(views).toEqual([changed]);
  expect(withoutView(views, "Locked")).toEqual([]);
});

test.each([null, "", "{", "{}", '[{"name":1,"search":{}}]'])("%j has no views", (text) => {
  expect(parseViews(text)).toEqual([]);
});

test("a filter that this version does not know is left out", () => {
  expect(parseViews('[{"name":"x","search":{"lock":"ajar","health":"AtRisk"}}]')).toEqual([
    { name: "x", search: { health: "AtRisk" } },
  ]);
});

test("the view whose filters are set is found in any order of its filters", () => {
  expect(currentView([locked, risky], { search: "atlas", health: "AtRisk" })).toBe(risky);
  expect(currentView([locked, risky], {})).toBeUndefined();
});
