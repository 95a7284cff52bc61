export interface JsonLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly maxKeys: number;
}

/** What one event of a conversation may be. */
export const EVENT_LIMITS: JsonLimits = { maxBytes: 256 * 1024, maxDepth: 32, maxKeys: 4_096 };

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/**
 * Parses JSON from a stranger. Size, depth and number of keys are checked before anything is built, because
 * a hostile value stalls the parser and crashes whoever copies or prints it. `problem` never quotes the text.
 */
export function parseJson(raw: Uint8Array | string, limits: JsonLimits = EVENT_LIMITS): ParsedJson {
  const bytes = typeof raw === "string" ? Buffer.byteLength(raw) : raw.byteLength;
  if (bytes > limits.maxBytes) return { ok: false, problem: `${bytes} bytes, more than ${limits.maxBytes}` };
  const text = typeof raw === "string" ? raw : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("utf8");
  const problem = tooComplex(text, limits);
  if (problem !== undefined) return { ok: false, problem };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, problem: `${bytes} bytes that are not JSON` };
  }
}

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Values are counted by their commas, so that a long array is as limited as a wide object. */
function tooComplex(text: string, { maxDepth, maxKeys }: JsonLimits): string | undefined {
  let [depth, keys, values] = [0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at + 1);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (++depth > maxDepth) return `nested deeper than ${maxDepth}`;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth--;
        break;
      case COLON:
        if (++keys > maxKeys) return `more than ${maxKeys} keys`;
        break;
      case COMMA:
        if (++values > 2 * maxKeys) return `more than ${2 * maxKeys} values`;
        break;
    }
  }
  return undefined;
}

/** Position of the closing quote, or the end of the text. Jumps over what is between: audio is one long string. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (before > from && text.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((at - before) % 2 === 0) return at;
  }
  return text.length;
}
