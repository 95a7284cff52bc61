// A worker started from a .ts file cannot resolve .ts imports by itself under tsx: register the loader first.
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData.entry);
