/**
 * Appliance models by their ARM `sku.name`; each node is a computer of its own with a key of its
 * own.
 */
export const SKUS = {
  DataBox: { nodes: 1, diskMib: 64, model: "Data Box" },
  DataBoxHeavy: { nodes: 2, diskMib: 64, model: "Data Box Heavy" },
} as const satisfies Record<string, { nodes: number; diskMib: number; model: string }>;
export type Sku = keyof typeof SKUS;
