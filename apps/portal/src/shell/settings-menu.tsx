import { type Language, LANGUAGES, THEME_CHOICES, useLanguage, useTheme } from "@databox-cmk/ui";
import {
  Button,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Tooltip,
} from "@fluentui/react-components";
import { SettingsRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the entries of a literal
const LANGUAGE_NAMES = Object.entries(LANGUAGES) as [Language, string][];

/** Appearance and language, kept in this browser. */
export function SettingsMenu({ className }: { readonly className: string }): ReactElement {
  const texts = useTexts();
  const theme = useTheme();
  const language = useLanguage();
  return (
    <Menu
      checkedValues={{ theme: [theme.choice], language: [language.language] }}
      onCheckedValueChange={(_event, { name, checkedItems: [value] }) => {
        const choice = THEME_CHOICES.find((candidate) => candidate === value);
        if (name === "theme" && choice !== undefined) theme.switchTo(choice);
        const next = LANGUAGE_NAMES.find(([candidate]) => candidate === value);
        if (name === "language" && next !== undefined) language.switchTo(next[0]);
      }}
    >
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content={texts.shell.settings} relationship="label">
          <Button appearance="transparent" className={className} icon={<SettingsRegular />} />
        </Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuGroup>
            <MenuGroupHeader>{texts.ui.theme.label}</MenuGroupHeader>
            {THEME_CHOICES.map((choice) => (
              <MenuItemRadio key={choice} name="theme" value={choice}>
                {texts.ui.theme[choice]}
              </MenuItemRadio>
            ))}
          </MenuGroup>
          <MenuDivider />
          <MenuGroup>
            <MenuGroupHeader>{texts.ui.language}</MenuGroupHeader>
            {LANGUAGE_NAMES.map(([value, name]) => (
              <MenuItemRadio key={value} name="language" value={value} lang={value}>
                {name}
              </MenuItemRadio>
            ))}
          </MenuGroup>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
