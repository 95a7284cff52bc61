import { Observable } from "rxjs";

/**
 * Emits once, at the first Ctrl-C or SIGTERM, or when nobody reads standard output any more (`codriver drive | head`).
 * A second signal ends the process as if nobody listened.
 */
export function interrupted(): Observable<void> {
  return new Observable((subscriber) => {
    const stop = (): void => {
      release();
      subscriber.next();
      subscriber.complete();
    };
    const release = (): void => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    // It stays: what is still said while the command ends fails in the same way, and must not end it halfway.
    process.stdout.on("error", stop);
    return release;
  });
}
