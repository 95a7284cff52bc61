/** The right side of a JSGF rule. */
export type Expansion =
  | { readonly type: "word"; readonly word: string }
  | { readonly type: "rule"; readonly rule: string }
  | { readonly type: "sequence"; readonly parts: readonly Expansion[] }
  | { readonly type: "choice"; readonly parts: readonly Expansion[] };

export interface Jsgf {
  /** The public rule. */
  readonly top: string;
  readonly rules: ReadonlyMap<string, Expansion>;
}

export const NOTHING: Expansion = { type: "sequence", parts: [] };

/** Reads the part of JSGF that Codriver writes: words, rule names, ( | ) and [ ]. Throws on anything else. */
export function parseJsgf(text: string): Jsgf {
  const rules = new Map<string, Expansion>();
  let top: string | undefined;
  for (const [, isPublic, name = "", body = ""] of text.matchAll(/(public\s+)?<([^>]+)>\s*=\s*([^;]*);/g)) {
    rules.set(name, parseExpansion(body, name));
    if (isPublic !== undefined) top = name;
  }
  if (top === undefined) throw new Error("The grammar has no public rule.");
  return { top, rules };
}

function parseExpansion(body: string, rule: string): Expansion {
  const tokens = body.match(/<[^>]+>|[()[\]|]|[^\s()[\]|<>]+/g) ?? [];
  let at = 0;

  function choice(): Expansion {
    const parts = [sequence()];
    while (tokens[at] === "|") {
      at += 1;
      parts.push(sequence());
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { type: "choice", parts };
  }
  function sequence(): Expansion {
    const parts: Expansion[] = [];
    for (let token = tokens[at]; token !== undefined && !"|)]".includes(token); token = tokens[at])
      parts.push(item(token));
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { type: "sequence", parts };
  }
  function item(token: string): Expansion {
    at += 1;
    if (token.startsWith("<")) return { type: "rule", rule: token.slice(1, -1) };
    if (token !== "(" && token !== "[") return { type: "word", word: token };
    const inside = choice();
    const closing = token === "(" ? ")" : "]";
    if (tokens[at] !== closing) throw new Error(`The grammar's rule <${rule}> lacks a "${closing}".`);
    at += 1;
    return token === "(" ? inside : { type: "choice", parts: [inside, NOTHING] };
  }

  const expansion = choice();
  if (at < tokens.length) throw new Error(`The grammar's rule <${rule}> has a "${tokens[at] ?? ""}" too many.`);
  return expansion;
}
