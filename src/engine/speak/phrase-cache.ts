/** Renderings by phrase, bounded by bytes: the least recently used go first. */
export interface PhraseCache {
  get(key: string): Int16Array | undefined;
  set(key: string, pcm: Int16Array): void;
  /** Whether this much more fits without forgetting anything. */
  fits(pcm: Int16Array): boolean;
  readonly bytes: number;
}

export function phraseCache(maxBytes: number): PhraseCache {
  const phrases = new Map<string, Int16Array>();
  let bytes = 0;
  const forget = (key: string): void => {
    bytes -= phrases.get(key)?.byteLength ?? 0;
    phrases.delete(key);
  };
  return {
    get: (key) => {
      const pcm = phrases.get(key);
      if (pcm === undefined) return undefined;
      phrases.delete(key);
      phrases.set(key, pcm);
      return pcm;
    },
    set: (key, pcm) => {
      forget(key);
      if (pcm.byteLength > maxBytes) return;
      phrases.set(key, pcm);
      bytes += pcm.byteLength;
      for (const oldest of phrases.keys()) {
        if (bytes <= maxBytes) break;
        forget(oldest);
      }
    },
    fits: (pcm) => bytes + pcm.byteLength <= maxBytes,
    get bytes() {
      return bytes;
    },
  };
}
