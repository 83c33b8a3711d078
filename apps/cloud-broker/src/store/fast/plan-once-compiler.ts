import {
  type BinaryOperationNode,
  type LimitNode,
  type OperationNode,
  SqliteQueryCompiler,
  ValueNode,
} from "kysely";

/**
 * Keeps SQLite from planning a cached statement again at each execution. For a comparison with a
 * parameter, its planner (3.54, whereLoopOutputAdjust) checks whether the value is a small number,
 * and from then on every other binding makes it prepare the statement again, which costs more than
 * most reads. SQLITE_DBCONFIG_ENABLE_QPSG would forbid that, but better-sqlite3 does not expose it.
 * The planner does not check a value that comes from a subquery.
 */
export class PlanOnceCompiler extends SqliteQueryCompiler {
  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    this.visitNode(node.leftOperand);
    this.append(" ");
    this.visitNode(node.operator);
    this.append(" ");
    this.#visitHidden(node.rightOperand);
  }

  protected override visitLimit(node: LimitNode): void {
    this.append("limit ");
    this.#visitHidden(node.limit);
  }

  #visitHidden(node: OperationNode): void {
    const isParameter = ValueNode.is(node) && node.immediate !== true;
    if (isParameter) this.append("(select ");
    this.visitNode(node);
    if (isParameter) this.append(")");
  }
}
