import type { KeyEncryptionKeyView, KeyHealthView } from "@databox-cmk/protocol";
import { CopyButton, useMediaQuery } from "@databox-cmk/ui";
import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { type ChainBox, layOutChain } from "../core/key-chain-layout.ts";
import { type ChainLink, decideKeyChain } from "../core/key-chain.ts";
import { chosenKeyOf, keyUrlOf } from "../core/key-choice.ts";
import { DESKTOP_PX, narrowerThan } from "../shell/breakpoints.ts";
import { ORDER, RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { type OrderNode, useOrderName } from "./use-order.ts";

const LINE_HEIGHT = 18;
const NOTE_LINE_HEIGHT = 16;

const useStyles = makeStyles({
  picture: { display: "block", maxWidth: "100%" },
  box: {
    fill: tokens.colorNeutralBackground1,
    stroke: tokens.colorNeutralStroke1,
    strokeWidth: "1.5px",
  },
  brokenBox: { stroke: tokens.colorStatusDangerBorder2, strokeWidth: "2.5px" },
  riskBox: { stroke: tokens.colorStatusWarningBorder2, strokeWidth: "2.5px" },
  link: { stroke: tokens.colorNeutralForeground2, strokeWidth: "2px", fill: "none" },
  whole: { stroke: tokens.colorStatusSuccessForeground1 },
  broken: { stroke: tokens.colorStatusDangerForeground1, strokeDasharray: "5 5" },
  "at-risk": { stroke: tokens.colorStatusWarningForeground3 },
  unknown: { strokeDasharray: "2 4" },
  cross: { stroke: tokens.colorStatusDangerForeground1, strokeWidth: "3px" },
  title: { fill: tokens.colorNeutralForeground2, fontSize: "12px" },
  note: {
    color: tokens.colorNeutralForeground2,
    fontSize: "12px",
    lineHeight: `${NOTE_LINE_HEIGHT}px`,
    display: "flex",
    height: "100%",
    alignItems: "end",
  },
  name: {
    color: tokens.colorNeutralForeground1,
    fontSize: "14px",
    lineHeight: `${LINE_HEIGHT}px`,
    fontWeight: tokens.fontWeightSemibold,
    display: "-webkit-box",
    WebkitBoxOrient: "vertical",
    overflow: "hidden",
    overflowWrap: "anywhere",
  },
  lines1: { WebkitLineClamp: 1 },
  lines2: { WebkitLineClamp: 2 },
  lines3: { WebkitLineClamp: 3 },
});

/**
 * vault → key → version → envelope → volume as a picture; the broken link is dashed, red and
 * crossed out.
 */
export function KeyChain({
  kek,
  health,
  nodes,
}: {
  readonly kek: KeyEncryptionKeyView;
  readonly health: KeyHealthView;
  readonly nodes: readonly OrderNode[];
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const isNarrow = useMediaQuery(narrowerThan(DESKTOP_PX));
  const chain = decideKeyChain(kek, health, nodes);
  const layout = layOutChain(chain, isNarrow ? "down" : "across");
  const nameOf = ({ part, name }: ChainLink): string => {
    if (part === "envelope")
      return name === undefined ? texts.keyChain.erased : texts.keyChain.generation(name);
    if (name !== undefined) return name;
    return kek.kekType === "MicrosoftManaged" ? texts.keyChain.service[part] : "–";
  };
  const description = [...chain.trunk, ...chain.branches.flatMap(({ links }) => links)]
    .map(
      (link) =>
        `${texts.keyChain.parts[link.part]} ${nameOf(link)}: ${texts.keyChain.states[link.state]}`,
    )
    .join("; ");
  return (
    <svg
      role="group"
      aria-label={`${texts.order.keyChainTitle}. ${description}`}
      className={styles.picture}
      width={layout.width}
      height={layout.height}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
    >
      {layout.connectors.map(({ key, path, middle, state }) => (
        <g key={key}>
          <path d={path} className={mergeClasses(styles.link, styles[state])} />
          {state === "broken" && (
            <path
              d={`M${middle.x - 7} ${middle.y - 7}l14 14m0 -14l-14 14`}
              className={styles.cross}
            />
          )}
        </g>
      ))}
      {layout.boxes.map((box) => (
        <Box
          key={box.key}
          box={box}
          title={texts.keyChain.parts[box.link.part]}
          name={nameOf(box.link)}
          copied={copiedOf(box.link, kek, health)}
          note={box.lock === undefined ? undefined : texts.lockStates[box.lock]}
        />
      ))}
    </svg>
  );
}

/** The full id of a part; a link's name is the part of it that people know. */
function copiedOf(
  { part, name }: ChainLink,
  kek: KeyEncryptionKeyView,
  { kid }: KeyHealthView,
): string | undefined {
  if (part === "envelope") return undefined;
  if (part === "volume") return name;
  const key = chosenKeyOf(kek);
  if (key === undefined) return undefined;
  if (part === "vault") return key.vaultId;
  if (part === "key") return keyUrlOf({ ...key, version: "" }).replace(/\/$/, "");
  return key.version === "" ? kid : keyUrlOf(key);
}

const TITLE_HEIGHT = 28;
/** A box of this width has room for every note in one line. */
const WIDE = 240;
const COPY_WIDTH = 32;

function Box({
  box: { x, y, width, height, link, serial },
  title,
  name,
  copied,
  note,
}: {
  readonly box: ChainBox;
  readonly title: string;
  readonly name: string;
  readonly copied: string | undefined;
  readonly note: string | undefined;
}): ReactElement {
  const styles = useStyles();
  const params = useOrderName();
  const noteHeight = note === undefined ? 0 : (width < WIDE ? 2 : 1) * NOTE_LINE_HEIGHT;
  const nameHeight = height - TITLE_HEIGHT - noteHeight - 8;
  const lines = ([3, 2] as const).find((count) => count * LINE_HEIGHT <= nameHeight) ?? 1;
  return (
    <g>
      <rect
        x={x}
        y={y}
        width={width}
        height={height}
        rx={4}
        className={mergeClasses(
          styles.box,
          link.state === "broken" && styles.brokenBox,
          link.state === "at-risk" && styles.riskBox,
        )}
      />
      <text x={x + 12} y={y + 21} className={styles.title}>
        {title}
      </text>
      <foreignObject x={x + 12} y={y + TITLE_HEIGHT} width={width - 24} height={nameHeight}>
        <div title={name} className={mergeClasses(styles.name, styles[`lines${lines}`])}>
          {serial === undefined ? (
            <RouterLink to={`${ORDER}/encryption`} params={params}>
              {name}
            </RouterLink>
          ) : (
            <RouterLink to={`${ORDER}/activity`} params={params} search={{ search: serial }}>
              {name}
            </RouterLink>
          )}
        </div>
      </foreignObject>
      {copied !== undefined && (
        <foreignObject x={x + width - COPY_WIDTH - 2} y={y + 2} width={COPY_WIDTH} height={26}>
          <CopyButton value={copied} what={`${title} ${name}`} />
        </foreignObject>
      )}
      {note !== undefined && (
        <foreignObject
          x={x + 12}
          y={y + height - noteHeight - 6}
          width={width - 24}
          height={noteHeight}
        >
          <div className={styles.note}>{note}</div>
        </foreignObject>
      )}
    </g>
  );
}
