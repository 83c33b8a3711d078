import type { KeyEncryptionKeyView, KeyHealthView } from "@databox-cmk/protocol";
import { useMediaQuery } from "@databox-cmk/ui";
import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import type { OrderNode } from "../api/nodes.ts";
import { type ChainBox, layOutChain } from "../core/key-chain-layout.ts";
import { type ChainLink, decideKeyChain } from "../core/key-chain.ts";
import { useTexts } from "../texts/texts.ts";

const LINE_HEIGHT = 18;

const useStyles = makeStyles({
  picture: { width: "100%", height: "auto", maxWidth: "1120px", display: "block" },
  narrow: { maxWidth: "320px" },
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
  name: {
    color: tokens.colorNeutralForeground1,
    fontSize: "14px",
    lineHeight: `${LINE_HEIGHT}px`,
    fontWeight: tokens.fontWeightSemibold,
    display: "-webkit-box",
    WebkitBoxOrient: "vertical",
    WebkitLineClamp: 2,
    overflow: "hidden",
    overflowWrap: "anywhere",
  },
  aboveNote: { WebkitLineClamp: 1 },
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
  const isNarrow = useMediaQuery("(max-width: 767px)");
  const chain = decideKeyChain(kek, health, nodes);
  const layout = layOutChain(chain, isNarrow ? "down" : "across");
  const nameOf = ({ part, name }: ChainLink): string => {
    if (part === "envelope")
      return name === undefined ? texts.keyChain.notMade : texts.keyChain.generation(name);
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
      role="img"
      aria-label={`${texts.order.keyChainTitle}. ${description}`}
      className={mergeClasses(styles.picture, isNarrow && styles.narrow)}
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
          note={box.lock === undefined ? undefined : texts.lockStates[box.lock]}
        />
      ))}
    </svg>
  );
}

function Box({
  box: { x, y, width, height, link },
  title,
  name,
  note,
}: {
  readonly box: ChainBox;
  readonly title: string;
  readonly name: string;
  readonly note: string | undefined;
}): ReactElement {
  const styles = useStyles();
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
      <foreignObject x={x + 12} y={y + 27} width={width - 24} height={2 * LINE_HEIGHT}>
        <div className={mergeClasses(styles.name, note !== undefined && styles.aboveNote)}>
          {name}
        </div>
      </foreignObject>
      {note !== undefined && (
        <text x={x + 12} y={y + 61} className={styles.title}>
          {note}
        </text>
      )}
    </g>
  );
}
