import { Section, Stack } from "@databox-cmk/ui";
import { Link, makeStyles, Text, tokens } from "@fluentui/react-components";
import { useMatches } from "@tanstack/react-router";
import { Fragment, type ReactElement } from "react";

import { helpTopicOf } from "../core/help-topics.ts";
import { RouterLink } from "../shell/router-link.tsx";
import { SidePanel } from "../shell/side-panel.tsx";
import { useTexts } from "../texts/texts.ts";

/** Microsoft's pages; in the reader's language, because the address names none. */
const ARTICLES = {
  encryption:
    "https://learn.microsoft.com/azure/databox/data-box-customer-managed-encryption-key-portal",
  keys: "https://learn.microsoft.com/azure/key-vault/keys/about-keys",
  order: "https://learn.microsoft.com/azure/databox/data-box-deploy-ordered",
} as const;

const useStyles = makeStyles({
  keys: {
    display: "grid",
    gridTemplateColumns: "max-content minmax(0, 1fr)",
    columnGap: tokens.spacingHorizontalL,
    rowGap: tokens.spacingVerticalS,
    margin: 0,
  },
  meaning: { margin: 0 },
  key: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    paddingInline: tokens.spacingHorizontalXS,
    borderRadius: tokens.borderRadiusSmall,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
  },
});

/** Says what the open page is for, where to read more, and which keys work on every page. */
export function HelpPanel({ onClose }: { readonly onClose: () => void }): ReactElement {
  const styles = useStyles();
  const words = useTexts().help;
  const route = useMatches({ select: (matches) => matches.at(-1)?.fullPath ?? "/" });
  const keys = [
    [[words.keys.control, "K"], words.shortcuts.search],
    [["?"], words.shortcuts.help],
    [[words.keys.tab], words.shortcuts.tab],
    [[words.keys.tab, words.keys.enter], words.shortcuts.skip],
    [[words.keys.escape], words.shortcuts.escape],
  ] as const;
  return (
    <SidePanel title={words.title} onClose={onClose}>
      <Section title={words.page}>
        <Text>{words.topics[helpTopicOf(route)]}</Text>
        <RouterLink to="/troubleshooter" onClick={onClose}>
          {words.codes}
        </RouterLink>
      </Section>
      <Section title={words.readMore}>
        <Stack gap="XS">
          {(["encryption", "keys", "order"] as const).map((article) => (
            <Link key={article} href={ARTICLES[article]} target="_blank" rel="noreferrer">
              {words.articles[article]}
            </Link>
          ))}
        </Stack>
      </Section>
      <Section title={words.keyboard}>
        <dl className={styles.keys}>
          {keys.map(([pressed, meaning]) => (
            <Fragment key={meaning}>
              <dt>
                {pressed.map((key) => (
                  <kbd key={key} className={styles.key}>
                    {key}
                  </kbd>
                ))}
              </dt>
              <dd className={styles.meaning}>{meaning}</dd>
            </Fragment>
          ))}
        </dl>
      </Section>
    </SidePanel>
  );
}
