import { z } from "zod";

/** The part of JSON Schema that our parameters use. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** What is wrong with a model's arguments, one sentence each: which argument, and what it takes. */
export function explainArguments(error: z.ZodError, parameters: z.ZodType): string {
  const { properties = {} } = z.toJSONSchema(parameters, { io: "input" }) as Schema;
  const sentences = error.issues.map((issue) => {
    const name = String(issue.path[0] ?? "");
    if (issue.code === "unrecognized_keys") return `There is no argument ${issue.keys.join(", ")}.`;
    if (name === "") return issue.code === "custom" ? issue.message : "The arguments must be a JSON object.";
    return `${name} must be ${Object.hasOwn(properties, name) ? allowed(properties[name]) : "left out"}.`;
  });
  return [...new Set(sentences)].join(" ");
}

function allowed(schema: Schema = {}): string {
  if (schema.anyOf) return schema.anyOf.map(allowed).join(", or ");
  if (schema.enum) return `one of ${schema.enum.join(", ")}`;
  if (schema.type === "boolean") return "true or false";
  if (schema.type !== "number" && schema.type !== "integer") return "a text";
  const step = schema.multipleOf ?? (schema.type === "integer" ? 1 : undefined);
  const steps = step === undefined ? "" : ` in steps of ${step}`;
  return `a number from ${schema.minimum ?? "any"} to ${schema.maximum ?? "any"}${steps}`;
}
