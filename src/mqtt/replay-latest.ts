import type { MonoTypeOperatorFunction } from "rxjs";
import { finalize, Observable, share, tap } from "rxjs";

/**
 * Shares one subscription; whoever comes late first gets the newest value of every key. Remembers at most `limit`
 * keys: later ones still pass but are not replayed.
 */
export function replayLatest<T>(keyOf: (value: T) => string, limit: number): MonoTypeOperatorFunction<T> {
  return (source$) => {
    const latest = new Map<string, T>();
    const live$ = source$.pipe(
      tap((value) => {
        const key = keyOf(value);
        if (latest.has(key) || latest.size < limit) latest.set(key, value);
      }),
      finalize(() => latest.clear()),
      share(),
    );
    return new Observable<T>((subscriber) => {
      for (const value of [...latest.values()]) subscriber.next(value);
      return live$.subscribe(subscriber);
    });
  };
}
