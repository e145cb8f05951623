/**
 * Strata as an ES module: user-operations analytics inside the browser tab. Nothing is sent anywhere.
 *
 * ```js
 * import { open } from "./strata.js";
 * const data = await open([file], { timeZone: "Asia/Shanghai" });
 * const outcome = await data.run({ analysis: "retention", params: { period: "week" } });
 * data.close();
 * ```
 */

/** How far reading has come. */
export interface Progress {
  /** Bytes read so far. */
  bytes: number;
  /** Bytes of all files together. */
  totalBytes: number;
  /** Rows read so far. */
  rows: number;
  /** Seconds since reading began. */
  seconds: number;
}

/** Which column is what; the same object that `Data.info` shows and a request accepts. */
export interface Mapping {
  [key: string]: unknown;
}

/** The first day of a week. */
export type WeekStart = "monday" | "sunday";

/** How files are read. Whatever is left out is guessed from the files. */
export interface OpenOptions {
  /** Which column is the user, the time, the event, the value, ...; guessed from names and contents when absent. */
  mapping?: Mapping;
  /** The IANA time zone in which days, weeks and months are counted, `"Asia/Shanghai"`. */
  timeZone?: string;
  /** The first day of a week. */
  weekStart?: WeekStart;
  /** Called from time to time while the files are read. */
  onProgress?(progress: Progress): void;
  /** Stops reading; `open` then rejects with an error of kind `cancelled`. */
  signal?: AbortSignal;
}

/** A question and its settings: the same JSON that the page copies and the command line reads. */
export interface Request {
  /** The question: `"retention"`, `"rfm"`, ... */
  analysis: string;
  /** The question's settings; those left out have documented defaults. */
  params?: { [key: string]: unknown };
  /** Which users and events are looked at; all when absent. */
  filter?: unknown;
}

/** The answer: a plain object, bounded in size. */
export interface Outcome {
  [key: string]: unknown;
}

/** What was read: columns, roles, rows used and left out. */
export interface Info {
  [key: string]: unknown;
}

/** Why something was refused, where, and what would have been right. */
export interface StrataError {
  /** What happened: `"bad_value"`, `"cancelled"`, ... */
  kind: string;
  file?: string;
  row?: number;
  column?: string;
  /** The place in a request: `"params.period"`. */
  path?: string;
  found?: string;
  expected?: string;
}

/** Open data, held by a worker until it is closed. */
export interface Data {
  /** What was read. */
  readonly info: Info;
  /** Answers a question. */
  run(request: Request): Promise<Outcome>;
  /** Ends the worker and frees its memory. */
  close(): void;
}

/** Reads files in a worker and gives the open data. */
export function open(files: Array<File | Blob>, options?: OpenOptions): Promise<Data>;
