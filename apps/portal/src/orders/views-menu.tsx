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

import { lazyPanel } from "../shell/lazy-part.tsx";
import { useTexts } from "../texts/texts.ts";
import type { OrderSearch } from "./order-filter.ts";
import { currentView, parseViews, type SavedView, withoutView, withView } from "./saved-views.ts";

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
