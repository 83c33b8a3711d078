/** Gives an older Node what it lacks, before the rest of the double is loaded. */
export async function completeNode(): Promise<void> {
  if (typeof AsyncDisposableStack !== "undefined") return;
  await import("core-js/actual");
  await import("./older-node.ts");
}
