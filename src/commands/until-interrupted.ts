import { Observable } from "rxjs";

/** Emits once, at the first Ctrl-C or SIGTERM. A second one ends the process as if nobody listened. */
export function interrupted(): Observable<NodeJS.Signals> {
  return new Observable((subscriber) => {
    const stop = (signal: NodeJS.Signals): void => {
      release();
      subscriber.next(signal);
      subscriber.complete();
    };
    const release = (): void => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    return release;
  });
}
