import { namesOf } from "@databox-cmk/errors";
import { makeStyles, Tab, TabList, tokens } from "@fluentui/react-components";
import { CloudRegular, KeyRegular, QrCodeRegular } from "@fluentui/react-icons";
import { type ReactElement, type ReactNode, useId, useState } from "react";

import { Panel } from "../shell/panel.tsx";
import { useTexts } from "../texts/texts.ts";
import { CarriedWay } from "./carried-way.tsx";
import { NetworkWay } from "./network-way.tsx";

const useStyles = makeStyles({
  tab: { "@media (max-width: 479px)": { paddingInline: tokens.spacingHorizontalXS } },
  icon: { "@media (max-width: 479px)": { display: "none" } },
  tabs: { marginInline: `calc(-1 * ${tokens.spacingHorizontalM})` },
});

const WAYS = { network: CloudRegular, passkey: KeyRegular, carried: QrCodeRegular } as const;
type WayName = keyof typeof WAYS;
const NAMES = namesOf(WAYS);

/**
 * The three ways to open the volume.
 *
 * @param passkeyWay - the passkey also starts a session, for a person without one.
 */
export function UnlockPanel({ passkeyWay }: { readonly passkeyWay: ReactNode }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const id = useId();
  const [chosen, setChosen] = useState<WayName>("network");
  return (
    <Panel title={texts.unlock.title}>
      <TabList
        className={styles.tabs}
        selectedValue={chosen}
        onTabSelect={(_event, { value }) => {
          const name = NAMES.find((candidate) => candidate === value);
          if (name !== undefined) setChosen(name);
        }}
        size="large"
      >
        {NAMES.map((name) => {
          const Icon = WAYS[name];
          return (
            <Tab
              key={name}
              className={styles.tab}
              value={name}
              icon={{ children: <Icon />, className: styles.icon }}
              id={`${id}-${name}`}
              aria-controls={`${id}-panel`}
            >
              {texts.unlock.ways[name]}
            </Tab>
          );
        })}
      </TabList>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen}`}>
        {chosen === "network" && <NetworkWay />}
        {chosen === "passkey" && passkeyWay}
        {chosen === "carried" && <CarriedWay />}
      </div>
    </Panel>
  );
}
