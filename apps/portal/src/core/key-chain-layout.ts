import type { LockState } from "@databox-cmk/protocol";

import type { ChainLink, KeyChain, LinkState } from "./key-chain.ts";

type Point = { readonly x: number; readonly y: number };

export type ChainBox = {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly link: ChainLink;
  /** The node whose part of the chain this is. */
  readonly serial?: string | undefined;
  readonly lock?: LockState | undefined;
};
export type ChainConnector = {
  readonly key: string;
  /** SVG path data. */
  readonly path: string;
  readonly middle: Point;
  readonly state: LinkState;
};
export type ChainLayout = {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly ChainBox[];
  readonly connectors: readonly ChainConnector[];
};

type Direction = "across" | "down";

/** In pixels: a picture has the same size of type however many boxes it has. */
const BOXES = {
  across: { width: 168, height: 100 },
  down: { width: 272, height: 80 },
} as const satisfies Record<Direction, { readonly width: number; readonly height: number }>;
const GAP = 28;
const BRANCH_GAP = 16;
const MARGIN = 4;

/**
 * The position of each box and each connector; nodes are rows across, or follow each other down.
 */
export function layOutChain(chain: KeyChain, direction: Direction): ChainLayout {
  const size = BOXES[direction];
  const boxes: ChainBox[] = [];
  const connectors: ChainConnector[] = [];
  const place = (
    key: string,
    step: number,
    row: number,
    link: ChainLink,
    before: ChainBox | undefined,
    node: Pick<ChainBox, "serial" | "lock"> = {},
  ): ChainBox => {
    const box: ChainBox = {
      key,
      ...positionOf(direction, step, row),
      ...size,
      link,
      ...node,
    };
    boxes.push(box);
    if (before !== undefined) connectors.push(connect(direction, before, box));
    return box;
  };

  const rows = Math.max(1, chain.branches.length);
  const middleRow = direction === "across" ? (rows - 1) / 2 : 0;
  let last: ChainBox | undefined;
  chain.trunk.forEach((link, step) => {
    last = place(link.part, step, middleRow, link, last);
  });
  const trunkEnd = last;
  let step = chain.trunk.length;
  chain.branches.forEach(({ serial, lock, links }, row) => {
    let before = trunkEnd;
    links.forEach((link, index) => {
      const at = direction === "across" ? chain.trunk.length + index : step + index;
      before = place(
        `${serial} ${link.part}`,
        at,
        direction === "across" ? row : 0,
        link,
        direction === "down" && index === 0 && row > 0 ? undefined : before,
        { serial, lock: link.part === "volume" ? lock : undefined },
      );
    });
    if (direction === "down") step += links.length;
  });
  return {
    width: Math.max(...boxes.map(({ x }) => x + size.width)) + MARGIN,
    height: Math.max(...boxes.map(({ y }) => y + size.height)) + MARGIN,
    boxes,
    connectors,
  };
}

function positionOf(direction: Direction, step: number, row: number): Point {
  const { width, height } = BOXES[direction];
  return direction === "across"
    ? { x: MARGIN + step * (width + GAP), y: MARGIN + row * (height + BRANCH_GAP) }
    : { x: MARGIN, y: MARGIN + step * (height + GAP) };
}

function connect(direction: Direction, before: ChainBox, box: ChainBox): ChainConnector {
  const { width, height } = box;
  const from =
    direction === "across"
      ? { x: before.x + width, y: before.y + height / 2 }
      : { x: before.x + width / 2, y: before.y + height };
  const to =
    direction === "across"
      ? { x: box.x, y: box.y + height / 2 }
      : { x: box.x + width / 2, y: box.y };
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const path =
    direction === "across"
      ? `M${from.x} ${from.y}H${middle.x}V${to.y}H${to.x}`
      : `M${from.x} ${from.y}V${to.y}`;
  return { key: box.key, path, middle, state: box.link.state };
}
