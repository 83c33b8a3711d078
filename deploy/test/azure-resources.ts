import type { Node } from "web-tree-sitter";

/** A resource of a template: its literals, and the members that the file reads of it. */
export type Resource = {
  readonly where: string;
  readonly type: string;
  readonly existing: boolean;
  readonly body: Value;
  readonly reads: readonly (readonly string[])[];
};

/** Null is a value that is only known when it is deployed. */
type Value =
  | string
  | number
  | boolean
  | null
  | readonly Value[]
  | { readonly [name: string]: Value };

export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children) yield* walk(child);
}

/** The resources that a parsed file declares. */
export function resourcesOf(where: string, root: Node): Resource[] {
  const reads = [...walk(root)].flatMap((node) => chainOf(node) ?? []);
  return root.namedChildren
    .filter(({ type }) => type === "resource_declaration")
    .map((node) => {
      const [symbol, type] = node.namedChildren;
      const name = symbol?.text ?? "";
      return {
        where: `${where} ${name}`,
        type: textOf(type),
        existing: node.children.some((child) => child.type === "existing"),
        body: valueOf(node.namedChildren.at(-1)),
        reads: reads.filter(([first]) => first === name).map(([, ...path]) => path),
      };
    });
}

/** The names of a whole chain such as a.properties.b, without the parts of a longer one. */
function chainOf(node: Node): string[][] | undefined {
  if (node.type !== "member_expression" || node.parent?.type === "member_expression")
    return undefined;
  return [node.text.split(/[.[\]?]+/)];
}

function valueOf(node: Node | undefined): Value {
  switch (node?.type) {
    case "object":
      return Object.fromEntries(
        node.namedChildren
          .filter(({ type }) => type === "object_property")
          .map(({ namedChildren: [name, value] }) => [textOf(name), valueOf(value)]),
      );
    case "array":
      return node.namedChildren.filter(({ type }) => type !== "comment").map(valueOf);
    case "for_statement":
      // A resource of a loop, or the members of an array: each is made as the last child says.
      return node.parent?.type === "resource_declaration"
        ? valueOf(node.namedChildren.at(-1))
        : [valueOf(node.namedChildren.at(-1))];
    case "string":
      return node.namedChildren.every(({ type }) => type === "string_content")
        ? textOf(node)
        : null;
    case "number":
      return Number(node.text);
    case "boolean":
      return node.text === "true";
    case undefined:
    default:
      return null;
  }
}

const textOf = (node: Node | undefined): string =>
  node?.text.replaceAll(/^'|'$/g, "").replaceAll(String.raw`\'`, "'") ?? "";
