import {
  Menu,
  MenuItemCheckbox,
  MenuList,
  MenuPopover,
  MenuTrigger,
  ToolbarButton,
} from "@fluentui/react-components";
import { ColumnTripleRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { useTexts } from "../texts/texts.ts";
import { type OrderColumn, parseHidden } from "./order-columns.ts";

const STORAGE_KEY = "order-columns-hidden";

/** The columns that the reader has hidden, in this browser. */
export function useHiddenColumns(): [
  readonly OrderColumn[],
  (hidden: readonly OrderColumn[]) => void,
] {
  const [hidden, setHidden] = useState(() => parseHidden(localStorage.getItem(STORAGE_KEY)));
  const keep = (changed: readonly OrderColumn[]) => {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(changed));
    setHidden(changed);
  };
  return [hidden, keep];
}

/** Chooses the columns of the list. */
export function ColumnsMenu({
  columns,
  hidden,
  onChange,
}: {
  readonly columns: readonly OrderColumn[];
  readonly hidden: readonly OrderColumn[];
  readonly onChange: (hidden: readonly OrderColumn[]) => void;
}): ReactElement {
  const words = useTexts().orders;
  return (
    <Menu
      persistOnItemClick
      checkedValues={{ columns: columns.filter((column) => !hidden.includes(column)) }}
      onCheckedValueChange={(_event, { checkedItems }) => {
        // A column of another list stays as it was.
        const others = hidden.filter((column) => !columns.includes(column));
        onChange([...others, ...columns.filter((column) => !checkedItems.includes(column))]);
      }}
    >
      <MenuTrigger disableButtonEnhancement>
        <ToolbarButton icon={<ColumnTripleRegular />}>{words.columns}</ToolbarButton>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {columns.map((column) => (
            <MenuItemCheckbox key={column} name="columns" value={column}>
              {words[column]}
            </MenuItemCheckbox>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
