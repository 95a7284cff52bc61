import { loadPolicy } from "../../../policy/load-policy.ts";
import { rowFor } from "../../../policy/policy.ts";
import { TOOLS } from "../../../tools/index.ts";
import { type Finding, failed, mistaken, ok } from "../finding.ts";
import { type ToolAction, toolActions } from "../probes/tool-actions.ts";

/** Whether the table can be read, and has a row for all that the tools can ask of a car. */
export function policy(): Finding {
  try {
    const table = loadPolicy();
    const actions = toolActions(TOOLS);
    const uncovered = actions.filter(({ action }) => rowFor(action, table) === undefined);
    if (uncovered.length > 0) return unruled(uncovered);
    const targets = new Set(actions.map(({ action }) => action.name));
    return ok(`${table.rows.length} rows cover all ${targets.size} things that ${TOOLS.length} tools can do`);
  } catch (error) {
    return failed(error, "Correct src/policy/policy.yaml, or put the shipped one back.");
  }
}

function unruled(uncovered: readonly ToolAction[]): Finding {
  const names = [...new Set(uncovered.map(({ tool, action }) => `${action.name} (${tool})`))];
  return mistaken(
    `no row covers ${names.join(", ")}: it will always be refused`,
    "Add a row for it to src/policy/policy.yaml, or take the tool away.",
  );
}
