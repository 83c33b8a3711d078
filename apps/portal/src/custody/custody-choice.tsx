import type { Custody } from "@databox-cmk/protocol";
import { RULE_BELOW, Stack } from "@databox-cmk/ui";
import {
  Checkbox,
  makeStyles,
  mergeClasses,
  shorthands,
  Text,
  tokens,
} from "@fluentui/react-components";
import {
  AddRegular,
  ArrowRightRegular,
  BoxRegular,
  CloudRegular,
  KeyRegular,
  LockOpenRegular,
  PersonRegular,
} from "@fluentui/react-icons";
import { type ReactElement, type ReactNode, useId } from "react";

import { below, LAPTOP_PX } from "../shell/breakpoints.ts";
import { Radios } from "../shell/fields.tsx";
import { useTexts } from "../texts/texts.ts";

/**
 * Whether the service can open the appliance, too.
 *
 * @param isFinal - escrow cannot be chosen: split custody is in force, or nothing else is allowed
 * @param obstacle - why split custody cannot be chosen here
 */
export function CustodyChoice({
  custody,
  hasOwnKey,
  isFinal = false,
  obstacle,
  onChange,
}: {
  readonly custody: Custody;
  readonly hasOwnKey: boolean;
  readonly isFinal?: boolean;
  readonly obstacle?: string | undefined;
  readonly onChange: (custody: Custody) => void;
}): ReactElement {
  const texts = useTexts().custody;
  return (
    <>
      <Radios
        label={texts.label}
        hint={obstacle ?? texts.hint}
        values={["escrow", "split"]}
        names={texts.kinds}
        isDisabled={{ escrow: isFinal, split: obstacle !== undefined }}
        value={custody.kind}
        onChange={(kind) => {
          onChange(kind === "split" ? { kind, acceptNoRecovery: false } : { kind });
        }}
      />
      <CustodyPicture kind={custody.kind} hasOwnKey={hasOwnKey} />
      {custody.kind === "split" && (
        <>
          <Text>{texts.recovery}</Text>
          <Checkbox
            checked={custody.acceptNoRecovery}
            label={texts.acceptNoRecovery}
            onChange={(_event, { checked }) => {
              onChange({ kind: "split", acceptNoRecovery: checked === true });
            }}
          />
        </>
      )}
    </>
  );
}

const NARROW = below(LAPTOP_PX);

const useStyles = makeStyles({
  picture: {
    display: "grid",
    gridTemplateColumns: "1fr auto 1fr auto 1fr",
    alignItems: "stretch",
    gap: tokens.spacingHorizontalS,
    margin: 0,
    [NARROW]: { gridTemplateColumns: "1fr" },
  },
  caption: { gridColumn: "1 / -1" },
  box: {
    display: "flex",
    gap: tokens.spacingHorizontalS,
    padding: tokens.spacingHorizontalM,
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    backgroundColor: tokens.colorNeutralBackground2,
    overflowWrap: "anywhere",
  },
  icon: { display: "flex", flexShrink: 0, fontSize: "20px", color: tokens.colorBrandForeground1 },
  result: {
    gridColumn: "1 / 4",
    ...shorthands.borderColor(tokens.colorBrandStroke1),
    [NARROW]: { gridColumn: "1" },
  },
  owner: {
    gridColumn: "5",
    ...shorthands.borderStyle("dashed"),
    [NARROW]: { gridColumn: "1" },
  },
  sign: { display: "flex", alignItems: "center", justifyContent: "center", fontSize: "20px" },
  arrow: { [NARROW]: { transform: "rotate(90deg)" } },
  losses: {
    borderCollapse: "collapse",
    textAlign: "start",
    "& caption": { textAlign: "start", fontWeight: tokens.fontWeightSemibold },
    "& th, & td": {
      textAlign: "start",
      verticalAlign: "top",
      fontWeight: tokens.fontWeightRegular,
      paddingBlock: tokens.spacingVerticalXS,
      paddingInlineEnd: tokens.spacingHorizontalL,
      ...RULE_BELOW,
    },
  },
});

/** The holder of each part of an unlock key, and the consequence of each loss. */
function CustodyPicture({
  kind,
  hasOwnKey,
}: {
  readonly kind: "escrow" | "split";
  /** The customer's key protects what the service holds; otherwise the service's own key does. */
  readonly hasOwnKey: boolean;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().custody;
  const { holders, losses } = texts[kind];
  const caption = useId();
  const sign = (icon: ReactNode) => (
    <span aria-hidden className={styles.sign}>
      {icon}
    </span>
  );
  return (
    <Stack gap="M">
      <figure className={styles.picture} aria-labelledby={caption}>
        <figcaption id={caption} className={styles.caption}>
          <Text>{texts[kind].sentence}</Text>
        </figcaption>
        <Holder
          icon={<KeyRegular />}
          name={hasOwnKey ? texts.names.vault : texts.names.serviceKey}
          has={hasOwnKey ? texts[kind].key : texts.serviceKey}
        />
        {sign(<ArrowRightRegular className={styles.arrow} />)}
        <Holder icon={<CloudRegular />} name={texts.names.service} has={holders.service} />
        {sign(kind === "split" ? <AddRegular /> : <ArrowRightRegular className={styles.arrow} />)}
        <Holder icon={<BoxRegular />} name={texts.names.appliance} has={holders.appliance} />
        <Holder
          icon={<LockOpenRegular />}
          name={texts.names.unlockKey}
          has={holders.unlockKey}
          className={styles.result}
        />
        <Holder
          icon={<PersonRegular />}
          name={texts.names.owner}
          has={holders.owner}
          className={styles.owner}
        />
      </figure>
      <table className={styles.losses}>
        <caption>{texts.lossTitle}</caption>
        <tbody>
          {losses.map(({ lost, consequence }) => (
            <tr key={lost}>
              <th scope="row">{lost}</th>
              <td>{consequence}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Stack>
  );
}

function Holder({
  icon,
  name,
  has,
  className,
}: {
  readonly icon: ReactNode;
  readonly name: string;
  readonly has: string;
  readonly className?: string;
}): ReactElement {
  const styles = useStyles();
  return (
    <div className={mergeClasses(styles.box, className)}>
      <span aria-hidden className={styles.icon}>
        {icon}
      </span>
      <div>
        <Text block weight="semibold">
          {name}
        </Text>
        <Text block>{has}</Text>
      </div>
    </div>
  );
}
