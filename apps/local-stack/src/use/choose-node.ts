import type { StackDescription } from "../core/stack-description.ts";

type Node = StackDescription["appliances"][number]["nodes"][number];

/**
 * The node whose agent is run.
 *
 * @param serial - needed if the stack has several
 * @returns a sentence that says what to type, if it is not clear
 */
export function chooseNode(
  { appliances }: Pick<StackDescription, "appliances">,
  serial: string | undefined,
): Node | string {
  const nodes = appliances.flatMap((appliance) => appliance.nodes);
  const serials = nodes.map((node) => node.serial).join(", ");
  if (nodes.length === 0)
    return "the stack has no appliance yet: npm start without --serve prepares one";
  const [first, ...others] = nodes.filter((node) => serial === undefined || node.serial === serial);
  if (first === undefined) return `no node ${String(serial)}: expected one of ${serials}`;
  return others.length === 0 ? first : `choose a node with --node: ${serials}`;
}
