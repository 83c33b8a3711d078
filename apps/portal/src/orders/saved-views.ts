import * as z from "zod/mini";

import { type OrderSearch, parseOrderFilter } from "./order-filter.ts";

/** A filtered list that a person keeps under a name, in this browser. */
export type SavedView = { readonly name: string; readonly search: OrderSearch };

const stored = z.array(z.object({ name: z.string(), search: z.record(z.string(), z.unknown()) }));

/** Views in the order of their names; text of another version, or edited text, counts as none. */
export function parseViews(text: string | null): readonly SavedView[] {
  try {
    const views = stored.parse(JSON.parse(text ?? "[]"));
    return byName(views.map(({ name, search }) => ({ name, search: parseOrderFilter(search) })));
  } catch {
    return [];
  }
}

/** Adds a view, or replaces the one of the same name. */
export function withView(views: readonly SavedView[], added: SavedView): readonly SavedView[] {
  return byName([...withoutView(views, added.name), added]);
}

export function withoutView(views: readonly SavedView[], name: string): readonly SavedView[] {
  return views.filter((view) => view.name !== name);
}

/** The view whose filters are set now. */
export function currentView(
  views: readonly SavedView[],
  search: OrderSearch,
): SavedView | undefined {
  return views.find((view) => textOf(view.search) === textOf(search));
}

const textOf = (search: OrderSearch) =>
  JSON.stringify(Object.entries(search).toSorted(([one], [other]) => one.localeCompare(other)));

const byName = (views: readonly SavedView[]) =>
  views.toSorted((one, other) => one.name.localeCompare(other.name));
