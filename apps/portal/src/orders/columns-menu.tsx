import { useStored } from "@databox-cmk/ui";
import {
  Menu,
  MenuItemCheckbox,
  MenuList,
  MenuPopover,
  MenuTrigger,
  ToolbarButton,
} from "@fluentui/react-components";
import { ColumnTripleRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";
import { type OrderColumn, parseHidden } from "./order-columns.ts";

/** The columns that the reader has hidden, in this browser. */
export const useHiddenColumns = () => useStored("order-columns-hidden", parseHidden);

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
