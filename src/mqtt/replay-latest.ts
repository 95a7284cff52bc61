import type { MonoTypeOperatorFunction } from "rxjs";
import { finalize, Observable, share, tap } from "rxjs";

/**
 * Shares one subscription; whoever comes late first gets the newest value of every key. What has no key is not kept,
 * nor are more than `limit` keys: later ones still pass.
 */
export function replayLatest<T>(keyOf: (value: T) => string | undefined, limit: number): MonoTypeOperatorFunction<T> {
  return (source$) => {
    const latest = new Map<string, T>();
    const live$ = source$.pipe(
      tap((value) => {
        const key = keyOf(value);
        if (key !== undefined && (latest.has(key) || latest.size < limit)) latest.set(key, value);
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
