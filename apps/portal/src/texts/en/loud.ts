export const loud = {
  covers: "Covers",
  wholeOrder: "The whole order",
  oneNode: (serial: string) => `Node ${serial} only`,
  reason: "Reason",
  typeName: (name: string) => `Type ${name} to confirm`,
};
