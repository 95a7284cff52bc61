/** How many calls and contexts one connection remembers. The oldest are forgotten first. */
const MAX_REMEMBERED = 256;

/** What the wire leaves out and one connection has to remember. */
export interface Memory {
  /** The server has sent its first `session.created`. */
  greeted: boolean;
  /** The running reply: `response_id` is missing in some traffic. */
  replyId: string | undefined;
  /** Calls that were told already: a call appears in up to three messages. */
  readonly calls: string[];
  /** Names of calls by id: `arguments.done` may come without. */
  readonly callNames: Map<string, string>;
  /** Keys of contexts whose items the server has not named yet, in order. */
  readonly unnamedContexts: string[];
  /** Server item ids by context key. */
  readonly contextItems: Map<string, string>;
}

export function createMemory(): Memory {
  return {
    greeted: false,
    replyId: undefined,
    calls: [],
    callNames: new Map(),
    unnamedContexts: [],
    contextItems: new Map(),
  };
}

export function remember(list: string[], entry: string): void {
  list.push(entry);
  if (list.length > MAX_REMEMBERED) list.shift();
}

export function rememberAs(map: Map<string, string>, key: string, value: string): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MAX_REMEMBERED && oldest !== undefined) map.delete(oldest);
}
