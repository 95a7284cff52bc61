type Schema = Readonly<Record<string, unknown>>;

/** Counts are 64-bit on this wire, and those are text. */
const COUNTS = ["minItems", "maxItems", "minLength", "maxLength"] as const;
const FORMATS: ReadonlySet<unknown> = new Set(["float", "double", "int32", "int64", "enum", "date-time"]);

/**
 * JSON Schema as the subset of OpenAPI that Gemini takes. What it cannot say is dropped, which only makes the schema
 * wider: arguments are checked by the tool in any case.
 */
export function geminiSchema(schema: Schema): Schema {
  const variants = listOf(schema["anyOf"] ?? schema["oneOf"]);
  const types = [schema["type"] ?? []].flat().filter((type) => typeof type === "string");
  const isNullable = types.includes("null") || variants.some(({ type }) => type === "null");
  const notes = { ...described(schema), ...(isNullable && { nullable: true }) };
  const branches = variants.filter(({ type }) => type !== "null");
  const named = types.filter((type) => type !== "null");
  if (branches.length > 0) return { ...oneOrAny(branches.map(geminiSchema)), ...notes };
  if (named.length > 1) return { ...oneOrAny(named.map((type) => geminiSchema({ ...schema, type }))), ...notes };
  return { ...typed(named[0] ?? guessed(schema), schema), ...notes };
}

const oneOrAny = (schemas: readonly Schema[]): Schema =>
  schemas.length === 1 ? { ...schemas[0] } : { anyOf: schemas };

function typed(type: string, schema: Schema): Schema {
  const { format, items, enum: values = "const" in schema ? [schema["const"]] : undefined } = schema;
  return {
    type: type.toUpperCase(),
    ...(FORMATS.has(format) && { format }),
    ...(type === "string" && Array.isArray(values) && { enum: values.map(String) }),
    ...(type === "string" && typeof schema["pattern"] === "string" && { pattern: schema["pattern"] }),
    ...(type === "number" || type === "integer" ? bounds(schema) : {}),
    ...counts(schema),
    ...(type === "array" && { items: geminiSchema(isSchema(items) ? items : { type: "string" }) }),
    ...(type === "object" && members(schema)),
  };
}

function members({ properties, required }: Schema): Schema {
  const entries = isSchema(properties) ? Object.entries(properties) : [];
  const names = new Set(entries.map(([name]) => name));
  const wanted = Array.isArray(required) ? required.filter((name) => names.has(String(name))) : [];
  return {
    properties: Object.fromEntries(entries.map(([name, each]) => [name, geminiSchema(isSchema(each) ? each : {})])),
    ...(wanted.length > 0 && { required: wanted }),
  };
}

/** Numbers have no `enum` there: what may be chosen is said in words. */
function described(schema: Schema): Schema {
  const text = typeof schema["description"] === "string" ? [schema["description"]] : [];
  const values = "const" in schema ? [schema["const"]] : schema["enum"];
  const isList = Array.isArray(values) && values.some((value) => typeof value !== "string");
  const words = isList ? [...text, `One of ${values.map((value) => JSON.stringify(value)).join(", ")}.`] : text;
  return words.length === 0 ? {} : { description: words.join(" ") };
}

function bounds(schema: Schema): Schema {
  const minimum = bound(schema["minimum"] ?? schema["exclusiveMinimum"]);
  const maximum = bound(schema["maximum"] ?? schema["exclusiveMaximum"]);
  return { ...(minimum !== undefined && { minimum }), ...(maximum !== undefined && { maximum }) };
}

/** The ends of what a number can be say nothing. */
function bound(value: unknown): number | undefined {
  return typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
}

function counts(schema: Schema): Schema {
  const said = COUNTS.filter((name) => typeof schema[name] === "number");
  return Object.fromEntries(said.map((name) => [name, String(schema[name])]));
}

/** Every schema there has a type. */
function guessed(schema: Schema): string {
  if (isSchema(schema["properties"])) return "object";
  if (schema["items"] !== undefined) return "array";
  const [example] = "const" in schema ? [schema["const"]] : [schema["enum"] ?? []].flat();
  return typeof example === "number" || typeof example === "boolean" ? typeof example : "string";
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly Schema[] => (Array.isArray(value) ? value.filter(isSchema) : []);
