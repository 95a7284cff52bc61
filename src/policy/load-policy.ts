import { fileURLToPath } from "node:url";
import { z } from "zod";

import { parseYaml, readYaml } from "../shared/yaml-document.ts";
import { DRIVING_STATES, type DrivingState } from "../vehicle/driving-state.ts";
import { CLASSES, covers, DECISIONS, type Decision, type Policy, type PolicyRow } from "./policy.ts";
import { RULE_NAMES } from "./rules/index.ts";

const PATTERN = /^(\*|[A-Za-z0-9_]+)(\.(\*|[A-Za-z0-9_]+))+$/;

const sentence = z.string().trim().min(1);

const rowSchema = z
  .strictObject({
    match: z.string().regex(PATTERN, "expects segments joined by dots; * stands for a whole segment"),
    value: z.union([z.boolean(), z.number(), z.string()]).optional(),
    class: z.enum(CLASSES),
    states: z.strictObject(
      Object.fromEntries(DRIVING_STATES.map((state) => [state, z.enum(DECISIONS)])) as Record<
        DrivingState,
        z.ZodEnum<{ [D in Decision]: D }>
      >,
    ),
    reason: sentence.optional(),
    until: sentence.optional(),
    question: sentence.optional(),
    rules: z.array(z.enum(RULE_NAMES)).default([]),
  })
  .superRefine(({ states, reason, question }, check) => {
    const decisions = Object.values(states);
    const missing = (key: string, decision: Decision) =>
      check.addIssue({ code: "custom", path: [key], message: `is needed, because a state says ${decision}` });
    if (decisions.includes("X") && reason === undefined) missing("reason", "X");
    if (decisions.includes("C") && question === undefined) missing("question", "C");
  });

const policySchema: z.ZodType<Policy> = z
  .strictObject({ rows: z.array(rowSchema).min(1) })
  .superRefine(({ rows }, check) =>
    rows.forEach((row, index) => {
      const earlier = rows.slice(0, index).findIndex((other) => hides(other, row));
      const message = `can never apply: row ${earlier + 1} covers all of it`;
      if (earlier >= 0) check.addIssue({ code: "custom", path: ["rows", index, "match"], message });
    }),
  );

/** The policy that is shipped. */
export const POLICY_FILE = fileURLToPath(new URL("./policy.yaml", import.meta.url));

/** Reads a policy table. Throws a `DocumentError` with file, line and key of everything that is wrong with it. */
export function loadPolicy(file = POLICY_FILE): Policy {
  return readYaml(file, policySchema);
}

/** As `loadPolicy`, for text already in memory; `file` is the name that errors carry. */
export function parsePolicy(text: string, file: string): Policy {
  return parseYaml(text, policySchema, file);
}

function hides(earlier: PolicyRow, row: PolicyRow): boolean {
  return covers(earlier.match, row.match) && (earlier.value === undefined || earlier.value === row.value);
}
