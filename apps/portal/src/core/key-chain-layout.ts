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

const BOX = { width: 184, height: 74 } as const;
const GAP = 40;
const BRANCH_GAP = 16;
const MARGIN = 4;

/**
 * The position of each box and each connector; nodes are rows across, or follow each other down.
 */
export function layOutChain(chain: KeyChain, direction: "across" | "down"): ChainLayout {
  const boxes: ChainBox[] = [];
  const connectors: ChainConnector[] = [];
  const place = (
    key: string,
    step: number,
    row: number,
    link: ChainLink,
    before: ChainBox | undefined,
    lock?: LockState,
  ): ChainBox => {
    const box: ChainBox = {
      key,
      ...positionOf(direction, step, row),
      ...BOX,
      link,
      lock,
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
        link.part === "volume" ? lock : undefined,
      );
    });
    if (direction === "down") step += links.length;
  });
  return {
    width: Math.max(...boxes.map(({ x }) => x + BOX.width)) + MARGIN,
    height: Math.max(...boxes.map(({ y }) => y + BOX.height)) + MARGIN,
    boxes,
    connectors,
  };
}

function positionOf(direction: "across" | "down", step: number, row: number): Point {
  return direction === "across"
    ? { x: MARGIN + step * (BOX.width + GAP), y: MARGIN + row * (BOX.height + BRANCH_GAP) }
    : { x: MARGIN, y: MARGIN + step * (BOX.height + GAP) };
}

function connect(direction: "across" | "down", before: ChainBox, box: ChainBox): ChainConnector {
  const from =
    direction === "across"
      ? { x: before.x + BOX.width, y: before.y + BOX.height / 2 }
      : { x: before.x + BOX.width / 2, y: before.y + BOX.height };
  const to =
    direction === "across"
      ? { x: box.x, y: box.y + BOX.height / 2 }
      : { x: box.x + BOX.width / 2, y: box.y };
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const path =
    direction === "across"
      ? `M${from.x} ${from.y}H${middle.x}V${to.y}H${to.x}`
      : `M${from.x} ${from.y}V${to.y}`;
  return { key: box.key, path, middle, state: box.link.state };
}
