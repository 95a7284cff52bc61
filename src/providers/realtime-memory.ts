/** How many calls, contexts and items one connection remembers. The oldest are forgotten first. */
const MAX_REMEMBERED = 256;

/** What the wire leaves out and one connection has to remember. */
export interface Memory {
  /** What the server calls the session; its support asks for it. */
  serverId: string | undefined;
  /** The running reply: `response_id` is missing in some traffic. */
  replyId: string | undefined;
  /** Calls that were told already: a call appears in up to three messages. */
  readonly calls: string[];
  /** Names of calls by id: `arguments.done` may come without. */
  readonly callNames: Map<string, string>;
  /** Item ids by context key. */
  readonly contextItems: Map<string, string>;
}

export function createMemory(): Memory {
  return { serverId: undefined, replyId: undefined, calls: [], callNames: new Map(), contextItems: new Map() };
}

export function remember(list: string[], entry: string): void {
  list.push(entry);
  if (list.length > MAX_REMEMBERED) list.shift();
}

export function rememberAs<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MAX_REMEMBERED && oldest !== undefined) map.delete(oldest);
}

/** Notes a call; false when it was told before. */
export function isNewCall({ calls }: Pick<Memory, "calls">, callId: string): boolean {
  if (calls.includes(callId)) return false;
  remember(calls, callId);
  return true;
}
