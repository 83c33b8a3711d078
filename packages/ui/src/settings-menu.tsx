import { namesOf } from "@databox-cmk/errors";
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

import { CLOCKS, useClock } from "./clock/use-clock.ts";
import { useLanguage } from "./language/create-languages.tsx";
import { LANGUAGES } from "./language/language.ts";
import { useUiTexts } from "./texts/ui-texts-context.ts";
import { THEME_CHOICES } from "./theme/decide-theme.ts";
import { useThemeChoice } from "./theme/themed-root.tsx";

/** Appearance, clock and language, kept in this browser. */
export function SettingsMenu({ className }: { readonly className: string }): ReactElement {
  const texts = useUiTexts();
  const [theme, chooseTheme] = useThemeChoice();
  const [clock, chooseClock] = useClock();
  const language = useLanguage();
  return (
    <Menu
      checkedValues={{
        theme: [theme],
        clock: [clock],
        language: [language.language],
      }}
      onCheckedValueChange={(_event, { name, checkedItems: [value] }) => {
        const choice = THEME_CHOICES.find((candidate) => candidate === value);
        if (name === "theme" && choice !== undefined) chooseTheme(choice);
        const shown = CLOCKS.find((candidate) => candidate === value);
        if (name === "clock" && shown !== undefined) chooseClock(shown);
        const next = namesOf(LANGUAGES).find((candidate) => candidate === value);
        if (name === "language" && next !== undefined) language.switchTo(next);
      }}
    >
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content={texts.settings} relationship="label">
          <Button appearance="transparent" className={className} icon={<SettingsRegular />} />
        </Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuGroup>
            <MenuGroupHeader>{texts.theme.label}</MenuGroupHeader>
            {THEME_CHOICES.map((choice) => (
              <MenuItemRadio key={choice} name="theme" value={choice}>
                {texts.theme[choice]}
              </MenuItemRadio>
            ))}
          </MenuGroup>
          <MenuDivider />
          <MenuGroup>
            <MenuGroupHeader>{texts.clock.label}</MenuGroupHeader>
            {CLOCKS.map((each) => (
              <MenuItemRadio key={each} name="clock" value={each}>
                {texts.clock[each]}
              </MenuItemRadio>
            ))}
          </MenuGroup>
          <MenuDivider />
          <MenuGroup>
            <MenuGroupHeader>{texts.language}</MenuGroupHeader>
            {namesOf(LANGUAGES).map((value) => (
              <MenuItemRadio key={value} name="language" value={value} lang={value}>
                {LANGUAGES[value]}
              </MenuItemRadio>
            ))}
          </MenuGroup>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
