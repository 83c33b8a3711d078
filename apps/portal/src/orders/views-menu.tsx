import { useStored } from "@databox-cmk/ui";
import {
  Menu,
  MenuDivider,
  MenuItem,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  ToolbarButton,
} from "@fluentui/react-components";
import { BookmarkMultipleRegular, DeleteRegular, SaveRegular } from "@fluentui/react-icons";
import { type ReactElement, Suspense, useState } from "react";
import * as z from "zod/mini";

import { lazyPanel } from "../shell/lazy-part.tsx";
import { useTexts } from "../texts/texts.ts";
import { type OrderSearch, parseOrderFilter } from "./order-filter.ts";

const ConfirmDialog = lazyPanel(
  async () => (await import("../order/confirm-dialog.tsx")).ConfirmDialog,
);

/** Lists that the reader keeps under a name, in this browser. */
export function ViewsMenu({
  search,
  onSearch,
}: {
  readonly search: OrderSearch;
  readonly onSearch: (search: OrderSearch) => void;
}): ReactElement {
  const words = useTexts().orders.views;
  const [views, store] = useStored("order-views", parseViews);
  const [isNaming, setIsNaming] = useState(false);
  const current = currentView(views, search);
  const keep = (changed: readonly SavedView[]) => store(JSON.stringify(changed));
  return (
    <>
      <Menu
        checkedValues={{ view: current === undefined ? [] : [current.name] }}
        onCheckedValueChange={(_event, { checkedItems: [name] }) => {
          const chosen = views.find((view) => view.name === name);
          if (chosen !== undefined) onSearch(chosen.search);
        }}
      >
        <MenuTrigger disableButtonEnhancement>
          <ToolbarButton icon={<BookmarkMultipleRegular />}>{words.title}</ToolbarButton>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {views.map(({ name }) => (
              <MenuItemRadio key={name} name="view" value={name}>
                {name}
              </MenuItemRadio>
            ))}
            {views.length > 0 && <MenuDivider />}
            <MenuItem
              icon={<SaveRegular />}
              disabled={Object.keys(search).length === 0 || current !== undefined}
              onClick={() => setIsNaming(true)}
            >
              {words.save}
            </MenuItem>
            {current !== undefined && (
              <MenuItem
                icon={<DeleteRegular />}
                onClick={() => keep(withoutView(views, current.name))}
              >
                {words.remove(current.name)}
              </MenuItem>
            )}
          </MenuList>
        </MenuPopover>
      </Menu>
      {isNaming && (
        <Suspense fallback={null}>
          <ConfirmDialog
            title={words.saveTitle}
            text={words.saveText}
            label={words.name}
            confirm={words.confirm}
            onConfirm={(name) => keep(withView(views, { name, search }))}
            onClose={() => setIsNaming(false)}
          />
        </Suspense>
      )}
    </>
  );
}

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
